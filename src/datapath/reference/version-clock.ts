/** The clock that versions follow: a tuple that is used again is newer than it was before. */
import { isLater } from '../../model/serial.ts';

const US_PER_MS = 1000;

/** Microseconds: of the clock that idle times are counted by, and since boot, by which leases run. */
export interface Clock {
  readonly idle: () => number;
  readonly boot: () => number;
}

/** Milliseconds since boot, modulo 2^32. @param boot microseconds since boot */
export function versionAt(boot: number): number {
  return Math.floor(boot / US_PER_MS) >>> 0;
}

/** A later version than this one. @param boot microseconds since boot */
export function raised(version: number, boot: number): number {
  const now = versionAt(boot);
  return isLater(now, version) ? now : (version + 1) >>> 0;
}
