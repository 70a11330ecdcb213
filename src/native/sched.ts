/** Real time, as far as this process is allowed to have it. */
import { checked, libcCall } from './libc.ts';

const SCHED_FIFO = 1;
/** Threads and processes that this one starts are ordinary again. */
const SCHED_RESET_ON_FORK = 0x40000000;

/**
 * Puts the calling thread before every ordinary one.
 * @param priority 1-99; below 50, so that interrupt threads stay ahead
 * @throws NativeError EPERM without CAP_SYS_NICE or an rtprio limit
 */
export function becomeRealTime(priority: number): void {
  const parameter = new Int32Array([priority]);
  // Process id 0 means the calling thread, not the process (sched_setscheduler(2), "C library/kernel differences").
  checked('sched_setscheduler', libcCall.schedSetscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, parameter));
}
