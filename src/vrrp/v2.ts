/**
 * The VRRPv2 advertisement (RFC 3768 section 5.3) for old peers: IPv4, whole seconds. Behind the addresses stand 8
 * bytes of authentication data in any case, as keepalived sends them too.
 *
 *     +-------+-------+---------------+---------------+---------------+
 *     |Version| Type  | Virtual Rtr ID|   Priority    |  Addr. count  |
 *     +-------+-------+---------------+---------------+---------------+
 *     |   Auth Type   | Interval (s)  |          Checksum             |
 *     +---------------+---------------+-------------------------------+
 *     |                       IPv4 addresses                          |
 *     |                 Authentication data (8 bytes)                 |
 */

import { internetChecksum } from '../wire/checksum.ts';
import { type Advertisement, checked, frame, openFrame, requireRange, sealed } from './advertisement.ts';
import { VrrpError } from './error.ts';
import type { Path } from './pseudo-header.ts';

const VERSION = 2;
const AUTH_DATA = 8;
const CS_PER_SECOND = 100;
const LONGEST_S = 255;

/** RFC 2338 section 5.3.6; type 2, the authentication header, is another IP protocol. */
const AUTH_TYPE = { NONE: 0, PASSWORD: 1 } as const;

/** @param password of 1-8 bytes; empty for authentication type 0. @throws RangeError for our own mistakes */
export function encodeV2(advertisement: Advertisement, path: Path, password = ''): Uint8Array {
  const seconds = advertisement.intervalCs / CS_PER_SECOND;
  requireRange('interval in seconds', seconds, 1, LONGEST_S);
  const secret = Buffer.from(password);
  requireRange('length of the password', secret.length, 0, AUTH_DATA);
  const bytes = frame(VERSION, advertisement, path, AUTH_DATA);
  bytes[4] = password === '' ? AUTH_TYPE.NONE : AUTH_TYPE.PASSWORD;
  bytes[5] = seconds;
  bytes.set(secret, bytes.length - AUTH_DATA);
  return sealed(bytes, internetChecksum(bytes));
}

/**
 * Checks in the order of RFC 3768 section 7.1, behind the TTL; the VRID is the caller's to compare. The password
 * keeps out mistakes, no enemies: it travels in clear.
 * @throws VrrpError
 */
export function decodeV2(bytes: Uint8Array, path: Path, password = ''): Advertisement {
  const { size, count } = openFrame(bytes, path, VERSION, AUTH_DATA);
  if (internetChecksum(bytes) !== 0) throw new VrrpError('checksum', 'the checksum is wrong');
  const authType = bytes[4] ?? 0;
  const wanted = password === '' ? AUTH_TYPE.NONE : AUTH_TYPE.PASSWORD;
  if (authType !== wanted) {
    throw new VrrpError('auth_type', `authentication type ${authType} instead of ${wanted}`);
  }
  const secret = Buffer.alloc(AUTH_DATA);
  secret.write(password);
  if (wanted === AUTH_TYPE.PASSWORD && !secret.equals(bytes.subarray(bytes.length - AUTH_DATA))) {
    throw new VrrpError('auth', 'the password is not ours');
  }
  return checked(bytes, { size, count, intervalCs: (bytes[5] ?? 0) * CS_PER_SECOND });
}
