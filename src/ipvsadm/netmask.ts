/** Persistence masks: a number of leading bits in the model, a dotted quad in ipvsadm's IPv4 texts. */
import { addressToBytes, type Family, ipv4FromNumber } from '../model/address.ts';
import { inetAton } from './inet-aton.ts';

/** The leading bits of a mask such as 255.255.255.0; undefined for other texts, and for masks with holes. */
export function parseMask(text: string): number | undefined {
  const mask = inetAton(text);
  if (!mask) return undefined;
  const bits = [...addressToBytes(mask)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  // The kernel would take holes; the model counts leading bits.
  return /^1*0*$/.test(bits) ? bits.lastIndexOf('1') + 1 : undefined;
}

/** As listings and -S write it; undefined for the whole address, which they leave out. */
export function formatMask(prefix: number, family: Family): string | undefined {
  if (family === 6) return prefix === 128 ? undefined : String(prefix);
  // JavaScript shifts by 32 are shifts by 0.
  return prefix === 32 ? undefined : ipv4FromNumber(prefix === 0 ? 0 : (-1 << (32 - prefix)) >>> 0);
}
