/** Persistence masks: a number of leading bits in the model, a dotted quad in ipvsadm's IPv4 texts. */
import { type Address, addressToBytes, type Family, ipv4FromNumber } from '../model/address.ts';
import type { Persistence } from '../model/rules.ts';

export type Mask = Pick<Persistence, 'prefix' | 'mask'>;

/** 255.255.255.0 is a prefix; ipvsadm takes masks with holes, too, and makes 0.0.0.24 of `-M 24`. */
export function maskOf(quad: Address): Mask {
  const bits = [...addressToBytes(quad)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return /^1*0*$/.test(bits) ? { prefix: bits.lastIndexOf('1') + 1 } : { prefix: 32, mask: quad };
}

/** As listings and -S write it; undefined for the whole address, which they leave out. */
export function formatMask({ prefix, mask }: Mask, family: Family): string | undefined {
  if (family === 6) return prefix === 128 ? undefined : String(prefix);
  if (mask) return mask;
  // JavaScript shifts by 32 are shifts by 0.
  return prefix === 32 ? undefined : ipv4FromNumber(prefix === 0 ? 0 : (-1 << (32 - prefix)) >>> 0);
}
