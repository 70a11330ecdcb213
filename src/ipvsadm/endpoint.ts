/** The grammar of addresses: `host[:port[:extra]]`, IPv6 in brackets when anything follows. */
import { isIPv4, isIPv6 } from 'node:net';
import { type Address, parseAddress } from '../model/address.ts';
import type { Protocol } from '../model/rules.ts';
import { inetAton } from './inet-aton.ts';
import type { NameSource } from './names.ts';
import { parseNumber } from './number.ts';

export interface ParsedEndpoint {
  readonly address: Address;
  readonly port?: number;
  /** What follows the port: a subnet_id or an interface. */
  readonly extra?: string;
}

/**
 * `protocol` is whose service names are looked up; without one a port is a number.
 * Undefined where the text is no endpoint.
 */
export function parseEndpoint(
  text: string,
  protocol: Protocol | undefined,
  names: NameSource,
): ParsedEndpoint | undefined {
  if (text.startsWith('[')) return parseBracketed(text, protocol, names);
  const bare = parseIPv6(text);
  if (bare) return { address: bare };
  const [host = '', port, extra, ...more] = text.split(':');
  if (more.length > 0 || extra === '') return undefined;
  // ipvsadm takes 12345:80 for the address 0.0.48.57, but never a lone number: that is a forgotten host.
  if (port === undefined && /^[0-9]*$/.test(host)) return undefined;
  const address = parseHost(host, names);
  return address && withPort(address, port, extra, protocol, names);
}

function parseBracketed(text: string, protocol: Protocol | undefined, names: NameSource) {
  const [, inner = '', port, extra] = /^\[([^\]]*)\]:([^:]*)(?::([^:]+))?$/.exec(text) ?? [];
  const address = parseIPv6(inner);
  return address && port !== undefined ? withPort(address, port, extra, protocol, names) : undefined;
}

function withPort(
  address: Address,
  port: string | undefined,
  extra: string | undefined,
  protocol: Protocol | undefined,
  names: NameSource,
): ParsedEndpoint | undefined {
  if (port === undefined) return { address };
  const number = parseNumber(port, 0, 65535) ?? (protocol && names.port(port, protocol));
  if (number === undefined) return undefined;
  return { address, port: number, ...(extra === undefined ? {} : { extra }) };
}

export interface ParsedLocal {
  readonly address: Address;
  /** What follows the colon: digits are a port, anything else an interface. */
  readonly suffix?: string;
}

/** `host[:oif_name]`; also a bracketed IPv6 address alone. */
export function parseLocal(text: string, names: NameSource): ParsedLocal | undefined {
  const bracketed = /^\[([^\]]*)\](?::([^:]+))?$/.exec(text);
  const bare = bracketed ? undefined : parseIPv6(text);
  if (bare) return { address: bare };
  const [, host = '', suffix] = bracketed ?? /^([^:]*)(?::([^:]+))?$/.exec(text) ?? [];
  if (/^[0-9]*$/.test(host)) return undefined;
  const address = bracketed ? parseIPv6(host) : parseHost(host, names);
  return address && { address, ...(suffix === undefined ? {} : { suffix }) };
}

/** An IPv4 literal as inet_aton reads it, or a host name. */
export function parseHost(host: string, names: NameSource): Address | undefined {
  const literal = inetAton(host);
  if (literal) return literal;
  // What could never be a name is not worth asking a resolver for.
  return /^(?=.*[a-z])[a-z0-9]([a-z0-9._-]*)$/i.test(host) ? names.host(host) : undefined;
}

/** No zone: IPVS addresses have none. */
export function parseIPv6(text: string): Address | undefined {
  return isIPv6(text) && !text.includes('%') ? parseAddress(text) : undefined;
}

/** As inet_pton(3): four decimal numbers. */
export function parseIPv4(text: string): Address | undefined {
  return isIPv4(text) ? parseAddress(text) : undefined;
}
