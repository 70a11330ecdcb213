import { checked, libcCall } from './libc.ts';

/** linux/time.h: goes on while the machine is suspended, as CLOCK_MONOTONIC does not. */
const CLOCK_BOOTTIME = 7;

/** struct timespec on 64-bit Linux: seconds, nanoseconds. */
const timespec = new BigInt64Array(2);

/** CLOCK_BOOTTIME in whole microseconds. */
export function bootTimeUs(): number {
  checked('clock_gettime', libcCall.clockGettime(CLOCK_BOOTTIME, timespec));
  return Number(timespec[0]) * 1_000_000 + Math.trunc(Number(timespec[1]) / 1000);
}
