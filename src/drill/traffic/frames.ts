/** The few frames that the watcher reads and writes: ARP (RFC 826) and VRRP in IPv4 (RFC 9568 5). */

export const ETHERTYPE = { ip: 0x0800, arp: 0x0806 } as const;

export type Heard =
  | { readonly kind: 'answer'; readonly mac: string; readonly asker: string }
  | { readonly kind: 'announcement'; readonly mac: string }
  | { readonly kind: 'advert'; readonly source: string; readonly vrid: number; readonly priority: number };

const ETHERNET = 14;
const ARP = 28;
const REQUEST = 1;
const REPLY = 2;
const VRRP_PROTOCOL = 112;
const BROADCAST = 'ff:ff:ff:ff:ff:ff';

/** Each question names another asker, so that its answers can be told from the next one's. */
const ASKERS = 100;
const askerOf = (question: number): string => `10.1.1.${100 + (question % ASKERS)}`;

/** The question that an answer to `asker` belongs to: the newest of that asker's among `asked`. */
export function questionNumber(asker: string, asked: number): number {
  const index = Number(asker.split('.')[3]) - 100;
  const last = asked - 1;
  return last - ((((last - index) % ASKERS) + ASKERS) % ASKERS);
}

/**
 *      0      2      4  5  6      8              14         18             24         28
 *     +------+------+--+--+------+--------------+----------+--------------+----------+
 *     | 0001 | 0800 |6 |4 | oper | sender MAC   | sender IP| target MAC   | target IP|
 *     +------+------+--+--+------+--------------+----------+--------------+----------+
 */
export function arpQuestion(mac: string, question: number, target: string): Uint8Array {
  const frame = Buffer.alloc(ETHERNET + ARP);
  writeMac(frame, 0, BROADCAST);
  writeMac(frame, 6, mac);
  frame.writeUInt16BE(ETHERTYPE.arp, 12);
  const arp = frame.subarray(ETHERNET);
  arp.writeUInt16BE(1, 0);
  arp.writeUInt16BE(ETHERTYPE.ip, 2);
  arp.writeUInt8(6, 4);
  arp.writeUInt8(4, 5);
  arp.writeUInt16BE(REQUEST, 6);
  writeMac(arp, 8, mac);
  writeIp(arp, 14, askerOf(question));
  writeIp(arp, 24, target);
  return frame;
}

/** What an ARP frame says about `vip`: an answer to us, or its holder's announcement to everyone. */
export function readArp(frame: Uint8Array, vip: string, mac: string): Heard | undefined {
  if (frame.length < ETHERNET + ARP) return undefined;
  const arp = frame.subarray(ETHERNET);
  if (ipAt(arp, 14) !== vip) return undefined;
  const sender = macAt(arp, 8);
  if (ipAt(arp, 24) === vip) return { kind: 'announcement', mac: sender };
  if (number16(arp, 6) !== REPLY || macAt(frame, 0) !== mac) return undefined;
  return { kind: 'answer', mac: sender, asker: ipAt(arp, 24) };
}

/** VRRP's first octets: version and type, virtual router id, priority. */
export function readVrrp(frame: Uint8Array): Heard | undefined {
  const ip = frame.subarray(ETHERNET);
  if (ip.length < 20 || ip[9] !== VRRP_PROTOCOL) return undefined;
  const vrrp = ip.subarray(((ip[0] ?? 0) & 0x0f) * 4);
  const [type, vrid, priority] = vrrp;
  if (type === undefined || (type & 0x0f) !== 1 || vrid === undefined || priority === undefined)
    return undefined;
  return { kind: 'advert', source: ipAt(ip, 12), vrid, priority };
}

const number16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

const ipAt = (bytes: Uint8Array, at: number): string => [...bytes.subarray(at, at + 4)].join('.');

const macAt = (bytes: Uint8Array, at: number): string =>
  [...bytes.subarray(at, at + 6)].map((byte) => byte.toString(16).padStart(2, '0')).join(':');

function writeMac(target: Buffer, at: number, mac: string): void {
  target.set(
    mac.split(':').map((part) => Number.parseInt(part, 16)),
    at,
  );
}

const writeIp = (target: Buffer, at: number, ip: string): void => target.set(ip.split('.').map(Number), at);
