/**
 * Which addresses float, where they are announced, and the virtual ones on the interface for people and local
 * sockets. Floating are the virtual routers' addresses, and those of services and local addresses that are not
 * the host's own.
 */
import type { PlaneAddress } from '../datapath/plane.ts';
import { dropAddresses, holdAddresses, type PlacedAddress } from '../host/floating-addresses.ts';
import { macBytes } from '../host/gratuitous-arp.ts';
import type { InterfaceFacts } from '../host/interfaces.ts';
import { type Membership, solicitedGroup } from '../host/solicited-groups.ts';
import { Subnets } from '../host/subnets.ts';
import type { FilterEntry } from '../host/unicast-filter.ts';
import { type Address, familyOf } from '../model/address.ts';
import { type RuleSet, serviceKey } from '../model/rules.ts';
import { virtualMac } from '../vrrp/virtual-mac.ts';
import type { RouterConfig } from './config.ts';
import type { FloatingAddress } from './heartbeat/messages.ts';
import type { Log } from './log.ts';

/** An address on the interface lives so long without the daemon: the kernel counts whole seconds. */
const LIFETIME_S = 6;

export interface Placement {
  readonly plane: readonly PlaneAddress[];
  readonly announced: readonly FloatingAddress[];
  /** Virtual addresses that the owner puts on their interface. */
  readonly shown: readonly PlacedAddress[];
  /** Link addresses of virtual routers, which their interfaces must take frames to. */
  readonly filters: readonly FilterEntry[];
  /** Where questions for the IPv6 ones come in: joined by a backup too, which must hear them as soon as it owns them. */
  readonly asked: readonly Membership[];
  /** Addresses that no interface's subnet holds. */
  readonly homeless: readonly Address[];
}

/** Pure: from rules, routers and what the host said of its configured interfaces. */
export function placeAddresses(
  rules: RuleSet,
  routers: readonly RouterConfig[],
  interfaces: readonly InterfaceFacts[],
): Placement {
  const kinds = new Map<Address, 'virtual' | 'local'>();
  for (const router of routers) for (const address of router.addresses) kinds.set(address, 'virtual');
  for (const service of rules.services) {
    if (service.id.kind !== 'fwmark') kinds.set(service.id.address, 'virtual');
    for (const local of service.locals) if (!kinds.has(local.address)) kinds.set(local.address, 'local');
  }
  for (const address of markedAddresses(rules)) kinds.set(address, 'virtual');
  const routed = routedHomes(routers, interfaces);
  const macs = new VirtualMacs(routers);
  const subnets = new Subnets(interfaces);
  // A floating address that we hold right now is on an interface alone: only subnets make an address the host's.
  const own = new Set(
    interfaces.flatMap(({ addresses }) =>
      addresses
        .filter(({ address, prefix }) => prefix < (familyOf(address) === 4 ? 32 : 128))
        .map(({ address }) => address),
    ),
  );
  const placement = {
    plane: [] as PlaneAddress[],
    announced: [] as FloatingAddress[],
    shown: [] as PlacedAddress[],
    filters: macs.filters,
    asked: [] as Membership[],
    homeless: [] as Address[],
  };
  for (const [address, kind] of kinds) {
    const floating = routers.length > 0 && !own.has(address);
    const home = routed.get(address) ?? subnets.home(address);
    const mac = floating && home ? macs.of(address, home.name) : undefined;
    placement.plane.push({
      ...{ address, kind, floating, ifindex: home?.ifindex ?? 0 },
      ...(mac !== undefined && { mac: macBytes(mac) }),
    });
    if (!floating) continue;
    if (!home) {
      placement.homeless.push(address);
      continue;
    }
    placement.announced.push({ address, ifindex: home.ifindex, mac: mac ?? home.mac });
    if (familyOf(address) === 6)
      placement.asked.push({ group: solicitedGroup(address), interface: home.name });
    if (kind === 'virtual') placement.shown.push({ address, interface: home.name });
  }
  return placement;
}

/** Of marks that have a service: destinations that are one address. A network must be routed to this host. */
function markedAddresses({ services, marks }: RuleSet): readonly Address[] {
  const served = new Set(services.map(({ id }) => serviceKey(id)));
  return marks.flatMap(({ fwmark, family, destination }) =>
    destination?.length === (family === 4 ? 32 : 128) &&
    served.has(serviceKey({ kind: 'fwmark', fwmark, family }))
      ? [destination.address]
      : [],
  );
}

/** The addresses of routers are on the interface that their router names, whatever its subnets. */
function routedHomes(
  routers: readonly RouterConfig[],
  interfaces: readonly InterfaceFacts[],
): ReadonlyMap<Address, InterfaceFacts> {
  const homes = new Map<Address, InterfaceFacts>();
  for (const router of routers) {
    const home = interfaces.find(({ name }) => name === router.interface);
    if (home) for (const address of router.addresses) homes.set(address, home);
  }
  return homes;
}

/** Who is at the link address of a virtual router: its own addresses, and what else floats on its interface. */
class VirtualMacs {
  readonly filters: readonly FilterEntry[];
  readonly #own = new Map<Address, string>();
  readonly #beside = new Map<string, string>();

  constructor(routers: readonly RouterConfig[]) {
    const filters: FilterEntry[] = [];
    for (const { useVmac, vrid, addresses, interface: name } of routers) {
      const [first] = addresses;
      if (!useVmac || first === undefined) continue;
      const family = familyOf(first);
      const mac = virtualMac(vrid, family);
      for (const address of addresses) this.#own.set(address, mac);
      const place = `${family} ${name}`;
      if (!this.#beside.has(place)) this.#beside.set(place, mac);
      filters.push({ interface: name, mac });
    }
    this.filters = filters;
  }

  /** Undefined for one at its interface's own. */
  of(address: Address, device: string): string | undefined {
    return this.#own.get(address) ?? this.#beside.get(`${familyOf(address)} ${device}`);
  }
}

/** Shows the virtual addresses on their interfaces while this director owns them. */
export class ShownAddresses {
  readonly #log: Log;
  readonly #leased: () => boolean;
  #wanted: readonly PlacedAddress[] = [];
  #owner = false;
  /** One `ip` at a time, in the order of what was wanted. */
  #work: Promise<void> = Promise.resolve();
  #renewal: NodeJS.Timeout | undefined;

  /** @param leased whether the lease runs: what it does not cover is not renewed, and vanishes by itself */
  constructor(log: Log, leased: () => boolean) {
    this.#log = log;
    this.#leased = leased;
  }

  setWanted(addresses: readonly PlacedAddress[]): void {
    const gone = without(this.#wanted, addresses);
    const fresh = without(addresses, this.#wanted);
    this.#wanted = addresses;
    if (!this.#owner) return;
    this.#enqueue(() => dropAddresses(gone));
    this.#hold(fresh);
  }

  setOwner(owner: boolean): void {
    if (owner === this.#owner) return;
    this.#owner = owner;
    clearInterval(this.#renewal);
    if (owner) {
      this.#renewal = setInterval(() => this.#hold(this.#wanted), (LIFETIME_S * 1000) / 3);
      this.#hold(this.#wanted);
    } else {
      const addresses = this.#wanted;
      this.#enqueue(() => dropAddresses(addresses));
    }
  }

  /** Takes them off, and returns when that is done. What a killed daemon shows expires by itself. */
  async hide(): Promise<void> {
    this.setOwner(false);
    await this.settled();
  }

  /** Returns when the interfaces have what was asked for until now. */
  async settled(): Promise<void> {
    await this.#work;
  }

  #hold(addresses: readonly PlacedAddress[]): void {
    this.#enqueue(() =>
      this.#owner && this.#leased() ? holdAddresses(addresses, LIFETIME_S) : Promise.resolve(),
    );
  }

  #enqueue(task: () => Promise<void>): void {
    this.#work = this.#work.then(task).catch((error: Error) => {
      this.#log.warn(`virtual addresses on the interface: ${error.message}`);
    });
  }
}

function without(all: readonly PlacedAddress[], others: readonly PlacedAddress[]): PlacedAddress[] {
  const names = new Set(others.map(nameOf));
  return all.filter((each) => !names.has(nameOf(each)));
}

function nameOf(placed: PlacedAddress): string {
  return `${placed.address} ${placed.interface}`;
}
