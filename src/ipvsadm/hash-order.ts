/**
 * The order of `--nosort`: that of the kernel's tables (net/netfilter/ipvs/ip_vs_ctl.c), services by address before
 * those by mark, each in 256 chains, the newest of a chain first, and the newest server of a service first.
 */
import { addressToBytes } from '../model/address.ts';
import { PROTOCOL_NUMBER, type ServiceId } from '../model/rules.ts';

const TABLE_MASK = 255;
/** The kernel mixes the place of its own structure in, which differs from boot to boot; one of those places. */
const SALT = 64;

/** @param services in the order in which they were added */
export function inHashOrder<T>(services: readonly T[], idOf: (service: T) => ServiceId): readonly T[] {
  const chains = services.map((service, at) => ({ service, at, id: idOf(service) }));
  return chains
    .map((one) => ({ ...one, table: one.id.kind === 'fwmark' ? 1 : 0, chain: chainOf(one.id) }))
    .sort((a, b) => a.table - b.table || a.chain - b.chain || b.at - a.at)
    .map(({ service }) => service);
}

function chainOf(id: ServiceId): number {
  if (id.kind === 'fwmark') return (id.fwmark ^ SALT) & TABLE_MASK;
  // The words of an IPv6 address are folded; only their last bytes reach the chain.
  const bytes = addressToBytes(id.address);
  let folded = 0;
  for (let at = 3; at < bytes.length; at += 4) folded ^= bytes[at] ?? 0;
  const protocol = id.kind === 'raw' ? 0 : PROTOCOL_NUMBER[id.protocol];
  return (protocol ^ folded ^ (id.port >> 8) ^ id.port ^ SALT) & TABLE_MASK;
}
