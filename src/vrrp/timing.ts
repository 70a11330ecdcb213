/** Times of RFC 9568 section 6.1, and of the lease. All in microseconds. */

/** (256 - priority) * interval / 256: the better a backup, the earlier it moves. */
export function skew(priority: number, intervalUs: number): number {
  return Math.floor(((256 - priority) * intervalUs) / 256);
}

/** The silence after which a backup takes over. */
export function masterDown(priority: number, intervalUs: number): number {
  return 3 * intervalUs + skew(priority, intervalUs);
}

/**
 * How long an advertisement lets its sender answer for the addresses. Less than the 3 intervals that every
 * receiver waits at least, so that the old fence is shut before a new one opens; more than 2, so that one
 * lost timer slot costs nothing.
 */
export function leaseTime(intervalUs: number): number {
  return Math.floor(2.5 * intervalUs);
}
