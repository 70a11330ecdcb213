/** Serial numbers of 32 bits, as terms and versions are: they wrap (RFC 1982). */

/** Whether `a` is later than `b`. Of two that lie 2^31 apart neither is. */
export function isLater(a: number, b: number): boolean {
  return ((a - b) | 0) > 0;
}

/** The number behind both. */
export function nextAfter(a: number, b: number): number {
  return ((isLater(b, a) ? b : a) + 1) >>> 0;
}
