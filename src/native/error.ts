/** A call into the C library or the kernel that failed. */
import { getSystemErrorMap } from 'node:util';

export class NativeError extends Error {
  /** `sendto`, `setsockopt(IP_ADD_MEMBERSHIP)`, ... */
  readonly syscall: string;
  readonly errno: number;
  /** `EPERM`, `ENETDOWN`, ... */
  readonly code: string;

  /** @param errno the positive number of errno.h */
  constructor(syscall: string, errno: number) {
    const [code, text] = getSystemErrorMap().get(-errno) ?? [`E${errno}`, `error ${errno}`];
    super(`${syscall}: ${text} (${code})`);
    this.name = 'NativeError';
    this.syscall = syscall;
    this.errno = errno;
    this.code = code;
  }
}
