/** The program's own code in memory, and kept there. */
import { readFileSync } from 'node:fs';
import { checked, libcCall } from './libc.ts';

/** mlock2(2): pages that are in memory now, and the others as soon as they are used. */
const MLOCK_ONFAULT = 1;

/** What of a line of /proc/self/maps (proc_pid_maps(5)) says: a file is behind it, and it is not written to. */
const CODE = /^([0-9a-f]+)-([0-9a-f]+) .-.. [0-9a-f]+ \S+ [1-9]\d*\s+\//;

/**
 * Locks what was mapped from files to be run or read: the program and its libraries, so that no call waits for a disk
 * because the kernel needed their pages for something else. Not mlockall(2): V8 gives pages of its heap back with
 * madvise(2), which is refused for locked ones, and ends the process then.
 * @returns bytes that are locked, or will be when they are used
 * @throws NativeError ENOMEM beyond RLIMIT_MEMLOCK; EPERM when that is 0. Without CAP_IPC_LOCK both are usual
 */
export function lockCode(maps = readFileSync('/proc/self/maps', 'latin1')): number {
  let bytes = 0;
  for (const line of maps.split('\n')) {
    const [, from, to] = CODE.exec(line) ?? [];
    if (from === undefined || to === undefined) continue;
    const begin = BigInt(`0x${from}`);
    const length = Number(BigInt(`0x${to}`) - begin);
    checked('mlock2', libcCall.mlock2(begin, length, MLOCK_ONFAULT));
    bytes += length;
  }
  return bytes;
}
