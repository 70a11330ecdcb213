/**
 * Floating addresses on the interface, for people and for local sockets. They never outlive the daemon for
 * long: each has a lifetime that is renewed with the lease, and the kernel itself takes it away.
 */
import { type Address, familyOf } from '../model/address.ts';
import { HostError } from './error.ts';
import { ip } from './ip.ts';

export interface PlacedAddress {
  readonly address: Address;
  readonly interface: string;
}

/**
 * Puts the addresses there, or renews their lifetime.
 * @param seconds whole ones: the kernel counts no finer
 * @throws HostError
 */
export async function holdAddresses(addresses: readonly PlacedAddress[], seconds: number): Promise<void> {
  const lines = addresses.map(
    (placed) =>
      `address replace ${where(placed)} valid_lft ${seconds} preferred_lft ${preferred(placed, seconds)}`,
  );
  await batch([], lines);
}

/** Takes the addresses away; one that is gone already is no error. */
export async function dropAddresses(addresses: readonly PlacedAddress[]): Promise<void> {
  // Without -force, ip stops at the first address that has expired in the meantime.
  const lines = addresses.map((placed) => `address delete ${where(placed)}`);
  await batch(['-force'], lines).catch((error: unknown) => {
    if (!(error instanceof HostError) || !saysOnlyGone(error)) throw error;
  });
}

/** The kernel's and iproute2's ways to say that there is nothing to delete (6.1 and newer, then older ones). */
const GONE = /Address not found|Cannot assign requested address|does not exist|^Command failed/;

function saysOnlyGone(error: HostError): boolean {
  return error.message.split('\n').every((line) => GONE.test(line));
}

async function batch(options: readonly string[], lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await ip([...options, '-batch', '-'], `${lines.join('\n')}\n`);
}

/**
 * Deprecated at once in IPv6 (RFC 4862 section 5.5.4): it serves who asks for it, and the host begins nothing of its
 * own from it, as it would by the rules of RFC 6724. In IPv4 that follows from the prefix.
 */
const preferred = ({ address }: PlacedAddress, seconds: number): number =>
  familyOf(address) === 4 ? seconds : 0;

/** As a single host: a shorter prefix would bring a route to the subnet with it. */
function where({ address, interface: name }: PlacedAddress): string {
  return familyOf(address) === 4 ? `${address}/32 dev ${name}` : `${address}/128 dev ${name} nodad`;
}
