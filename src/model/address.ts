/**
 * IP addresses as canonical text. A canonical address compares with `===`, serves as a map key, and
 * travels through JSON and worker messages as it is.
 */
import { isIPv4, isIPv6 } from 'node:net';
import { ModelError } from './error.ts';

declare const canonical: unique symbol;

/** An IPv4 address as dotted quad, or an IPv6 address as RFC 5952 writes it. */
export type Address = string & { readonly [canonical]: true };

export type Family = 4 | 6;

export interface Endpoint {
  readonly address: Address;
  /** 0-65535; 0 means "every port" where a rule allows it. */
  readonly port: number;
}

export function familyOf(address: Address): Family {
  return address.includes(':') ? 6 : 4;
}

/**
 * Reads a dotted quad or an IPv6 literal (no zone, no brackets).
 * @throws ModelError `bad-address`
 */
export function parseAddress(text: string): Address {
  if (isIPv4(text)) return addressFromBytes(Uint8Array.from(text.split('.'), Number));
  if (isIPv6(text) && !text.includes('%'))
    return new URL(`http://[${text}]/`).hostname.slice(1, -1) as Address;
  throw new ModelError('bad-address', `"${text}" is not an IP address: write 192.0.2.1 or 2001:db8::1`);
}

/** 4 or 16 bytes, network order. */
export function addressToBytes(address: Address): Uint8Array {
  if (familyOf(address) === 4) return Uint8Array.from(address.split('.'), Number);
  const [head = '', tail] = address.split('::');
  const groups = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const all = [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

/** The inverse of {@link addressToBytes}: 4 or 16 bytes in network order. */
export function addressFromBytes(bytes: Uint8Array): Address {
  if (bytes.length === 4) return bytes.join('.') as Address;
  if (bytes.length !== 16)
    throw new ModelError('bad-address', `an address has 4 or 16 bytes, not ${bytes.length}`);
  const groups: string[] = [];
  for (let at = 0; at < 16; at += 2)
    groups.push((((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)).toString(16));
  return parseAddress(groups.join(':'));
}

/** An IPv4 address as an unsigned number whose most significant byte is the first of the quad. */
export function ipv4ToNumber(address: Address): number {
  return addressToBytes(address).reduce((sum, byte) => sum * 256 + byte, 0);
}

export function ipv4FromNumber(value: number): Address {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}` as Address;
}

/** 224.0.0.0/4 (RFC 5771), ff00::/8 (RFC 4291 section 2.7). */
export function isMulticast(address: Address): boolean {
  if (familyOf(address) === 6) return address.startsWith('ff');
  const first = Number.parseInt(address, 10);
  return first >= 224 && first < 240;
}

/** `192.0.2.1:80` or `[2001:db8::1]:80`. */
export function formatEndpoint(endpoint: Endpoint): string {
  const { address, port } = endpoint;
  return familyOf(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}
