/**
 * The C library. Every thread that imports this file loads it for itself. Structures travel as Buffers laid
 * out by hand: nothing is copied or converted on the way.
 */
import { constants } from 'node:os';
import koffi from 'koffi';
import { NativeError } from './error.ts';

const libc = koffi.load('libc.so.6');

/** Binds a function that returns an int, or -1 with errno. */
function bind<Args extends readonly unknown[]>(prototype: string): (...args: Args) => number {
  const call = libc.func(prototype) as (...args: Args) => unknown;
  return (...args) => Number(call(...args));
}

/** What a C pointer parameter takes: memory that lives at least as long as the call. */
export type Memory = Uint8Array | BigInt64Array | Int32Array | null;

export const libcCall = {
  socket: bind<[family: number, type: number, protocol: number]>('int socket(int, int, int)'),
  bind: bind<[fd: number, address: Memory, length: number]>('int bind(int, void *, uint32_t)'),
  setsockopt: bind<[fd: number, level: number, name: number, value: Memory, length: number]>(
    'int setsockopt(int, int, int, void *, uint32_t)',
  ),
  getsockname: bind<[fd: number, address: Memory, length: Memory]>('int getsockname(int, void *, void *)'),
  sendto: bind<[fd: number, data: Memory, size: number, flags: number, address: Memory, length: number]>(
    'intptr_t sendto(int, void *, size_t, int, void *, uint32_t)',
  ),
  recvfrom: bind<[fd: number, data: Memory, size: number, flags: number, address: Memory, length: Memory]>(
    'intptr_t recvfrom(int, void *, size_t, int, void *, void *)',
  ),
  recvmsg: bind<[fd: number, message: Memory, flags: number]>('intptr_t recvmsg(int, void *, int)'),
  ppoll: bind<[fds: Memory, count: number, timeout: Memory, mask: null]>(
    'int ppoll(void *, unsigned long, void *, void *)',
  ),
  eventfd: bind<[initial: number, flags: number]>('int eventfd(unsigned int, int)'),
  /** Variadic in C; with one pointer behind the request its registers are the same on every machine of ours. */
  ioctl: bind<[fd: number, request: number, argument: Memory]>('int ioctl(int, unsigned long, void *)'),
  ifNametoindex: bind<[name: string]>('unsigned int if_nametoindex(const char *)'),
  read: bind<[fd: number, data: Memory, size: number]>('intptr_t read(int, void *, size_t)'),
  write: bind<[fd: number, data: Memory, size: number]>('intptr_t write(int, void *, size_t)'),
  /** Variadic in C, as ioctl is. */
  fcntl: bind<[fd: number, command: number, argument: number]>('int fcntl(int, int, int)'),
  close: bind<[fd: number]>('int close(int)'),
  mlock2: bind<[address: bigint, length: number, flags: number]>(
    'int mlock2(uintptr_t, size_t, unsigned int)',
  ),
  clockGettime: bind<[clock: number, time: Memory]>('int clock_gettime(int, void *)'),
  schedSetscheduler: bind<[pid: number, policy: number, parameter: Memory]>(
    'int sched_setscheduler(int, int, void *)',
  ),
} as const;

export const { EAGAIN, EINTR } = constants.errno;

/** errno of the last call on this thread. */
export function lastErrno(): number {
  return koffi.errno();
}

/** Passes a result through. @throws NativeError when it is -1 */
export function checked(syscall: string, result: number): number {
  if (result < 0) throw new NativeError(syscall, lastErrno());
  return result;
}
