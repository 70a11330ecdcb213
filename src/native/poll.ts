/** Waiting for descriptors, and waking a thread that waits. */
import { NativeError } from './error.ts';
import { checked, EAGAIN, EINTR, lastErrno, libcCall } from './libc.ts';

/** struct pollfd: int fd, short events, short revents. */
const POLLFD = 8;
const POLLIN = 1;

/** A fixed set of descriptors to wait for. */
export class Poller {
  readonly #fds: Buffer;
  readonly #count: number;
  readonly #timeout = new BigInt64Array(2);

  constructor(fds: readonly number[]) {
    this.#count = fds.length;
    this.#fds = Buffer.alloc(POLLFD * fds.length);
    fds.forEach((fd, index) => {
      this.#fds.writeInt32LE(fd, POLLFD * index);
      this.#fds.writeInt16LE(POLLIN, POLLFD * index + 4);
    });
  }

  /**
   * Blocks the thread until a descriptor has something to read or an error, a signal came, or the time is over.
   * @param timeoutUs at least 0
   */
  wait(timeoutUs: number): void {
    const whole = Math.max(0, Math.trunc(timeoutUs));
    this.#timeout[0] = BigInt(Math.trunc(whole / 1_000_000));
    this.#timeout[1] = BigInt((whole % 1_000_000) * 1000);
    const ready = libcCall.ppoll(this.#fds, this.#count, this.#timeout, null);
    if (ready < 0 && lastErrno() !== EINTR) throw new NativeError('ppoll', lastErrno());
  }
}

const EFD_NONBLOCK = 0o4000;
const EFD_CLOEXEC = 0o2000000;
/** linux/fcntl.h */
const F_DUPFD_CLOEXEC = 1030;
const ONE = new BigInt64Array([1n]);

/** A bell between threads of this process: an eventfd. */
export class Bell {
  readonly fd: number;
  readonly #count = new BigInt64Array(1);

  /** @param fd of a bell that another thread made; without it, a new one */
  constructor(fd?: number) {
    this.fd = fd ?? checked('eventfd', libcCall.eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  }

  ring(): void {
    // EAGAIN: rung 2^64 times and not heard yet; it rings anyway.
    if (libcCall.write(this.fd, ONE, 8) < 0 && lastErrno() !== EAGAIN) {
      throw new NativeError('write(eventfd)', lastErrno());
    }
  }

  /** Another descriptor of the same bell, which may outlive this one. */
  duplicate(): number {
    return checked('fcntl(F_DUPFD_CLOEXEC)', libcCall.fcntl(this.fd, F_DUPFD_CLOEXEC, 0));
  }

  /** Makes it silent. @returns whether it had rung */
  silence(): boolean {
    if (libcCall.read(this.fd, this.#count, 8) >= 0) return true;
    if (lastErrno() === EAGAIN) return false;
    throw new NativeError('read(eventfd)', lastErrno());
  }

  close(): void {
    checked('close', libcCall.close(this.fd));
  }
}
