/** IPv4 literals in all forms of inet_aton(3): `10.1`, `0x0a010101`, `010.1.1.1`, `10.1.258`. */
import { type Address, ipv4FromNumber } from '../model/address.ts';

/** Undefined where the text is none. As glibc's, it stops at a blank and ignores what follows. */
export function inetAton(text: string): Address | undefined {
  const parts = (text.match(/^[^ \t\n\v\f\r]+/)?.[0] ?? '').split('.');
  if (parts.length > 4) return undefined;
  let sum = 0;
  for (const [at, part] of parts.entries()) {
    const value = parsePart(part);
    // The last part fills all bytes that are left: 10.1 is 10.0.0.1.
    const last = at === parts.length - 1;
    const limit = last ? 256 ** (5 - parts.length) : 256;
    if (value === undefined || value >= limit) return undefined;
    sum += last ? value : value * 256 ** (3 - at);
  }
  return ipv4FromNumber(sum);
}

function parsePart(part: string): number | undefined {
  if (/^0[xX][0-9a-fA-F]+$/.test(part)) return Number.parseInt(part, 16);
  if (/^0[0-7]*$/.test(part)) return Number.parseInt(part, 8);
  return /^[1-9][0-9]*$/.test(part) ? Number.parseInt(part, 10) : undefined;
}
