/** The Internet checksum: RFC 1071, and its update in place by RFC 1624, equation 3. */

function fold(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  return folded;
}

/** Sum of 16-bit words; an odd byte at the end stands before a zero. */
export function sumOf(data: Uint8Array, from = 0, to = data.length): number {
  let sum = 0;
  for (let at = from; at < to; at += 2)
    sum += ((data[at] ?? 0) << 8) | (at + 1 < to ? (data[at + 1] ?? 0) : 0);
  return sum;
}

/** The checksum of what sums up to this. */
export function checksumOf(sum: number): number {
  return ~fold(sum) & 0xffff;
}

/**
 * The checksum after words of the data were exchanged, whether it was right before or not.
 * @param removed sum of the words that went @param added sum of those that came
 */
export function updated(checksum: number, removed: number, added: number): number {
  return checksumOf((~checksum & 0xffff) + (~fold(removed) & 0xffff) + fold(added));
}
