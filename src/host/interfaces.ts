/** What the host knows about its interfaces. */
import { type Address, type Family, familyOf, parseAddress } from '../model/address.ts';
import { isLinkLocal } from '../vrrp/ip.ts';
import { HostError } from './error.ts';
import { ipJson } from './ip.ts';

export interface InterfaceAddress {
  readonly address: Address;
  readonly prefix: number;
}

export interface InterfaceFacts {
  readonly name: string;
  readonly ifindex: number;
  /** `02:00:5e:10:00:01`; empty where the link has none. */
  readonly mac: string;
  readonly mtu: number;
  /** What the kernel calls its kind: `veth`, `bridge`; empty for hardware. */
  readonly kind: string;
  /** Administratively up. */
  readonly up: boolean;
  /** In the kernel's order: its first is what the kernel itself prefers as a source. */
  readonly addresses: readonly InterfaceAddress[];
}

/** The part of `ip -json address` that we read. */
interface IpAddressJson {
  readonly ifname?: string;
  readonly ifindex?: number;
  readonly address?: string;
  readonly mtu?: number;
  readonly flags?: readonly string[];
  readonly linkinfo?: { readonly info_kind?: string };
  readonly addr_info?: readonly { readonly local?: string; readonly prefixlen?: number }[];
}

/** @throws HostError `no-such-interface` */
export async function interfaceFacts(name: string): Promise<InterfaceFacts> {
  const [facts] = await readFacts(['address', 'show', 'dev', name]);
  if (!facts) throw new HostError('no-such-interface', `interface ${name} does not exist`);
  return facts;
}

export async function allInterfaces(): Promise<InterfaceFacts[]> {
  return readFacts(['address', 'show']);
}

async function readFacts(args: readonly string[]): Promise<InterfaceFacts[]> {
  const links = await ipJson<readonly IpAddressJson[]>(['-details', ...args]);
  return links.flatMap(({ ifname, ifindex, address, mtu, flags, linkinfo, addr_info }) => {
    // `ip -json` prints empty objects for what a filter left out.
    if (ifname === undefined || ifindex === undefined) return [];
    const addresses = (addr_info ?? []).flatMap(({ local, prefixlen }) =>
      local === undefined || prefixlen === undefined
        ? []
        : [{ address: parseAddress(local), prefix: prefixlen }],
    );
    const up = flags?.includes('UP') ?? false;
    const kind = linkinfo?.info_kind ?? '';
    return [{ name: ifname, ifindex, mac: address ?? '', mtu: mtu ?? 0, kind, up, addresses }];
  });
}

export interface OwnAddressWish {
  readonly family: Family;
  /** Of IPv6: what is good on this link alone (RFC 9568 section 5.1.2.1), or what reaches further. */
  readonly linkLocal: boolean;
  /** These are nobody's own. */
  readonly floating: readonly Address[];
}

/**
 * The interface's own address of a family: not one that floats, and rather one of a subnet than a lone one.
 * @throws HostError `no-address`
 */
export function ownAddress(facts: InterfaceFacts, wish: OwnAddressWish): Address {
  const { family, linkLocal, floating } = wish;
  const own = facts.addresses.filter(
    ({ address }) =>
      familyOf(address) === family &&
      !floating.includes(address) &&
      (family === 4 || isLinkLocal(address) === linkLocal),
  );
  const single = family === 4 ? 32 : 128;
  const best = own.find(({ prefix }) => prefix < single) ?? own[0];
  if (best) return best.address;
  const kind = family === 4 ? 'IPv4' : linkLocal ? 'link-local IPv6' : 'global IPv6';
  throw new HostError(
    'no-address',
    `interface ${facts.name} has no ${kind} address of its own to advertise from: add one with "ip address add"`,
  );
}
