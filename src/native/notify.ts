/** sd_notify(3): tells the service manager how the daemon is, over the datagram socket that it named. */
import { libcCall, type Memory } from './libc.ts';

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;

/**
 * Sends one or more assignments, as in `READY=1`. Node has no unix datagram sockets; a service manager that
 * does not read is no reason to wait or to fail, so that errors only show in the result.
 * @returns whether a manager was told; false without one
 */
export function notify(state: string, env: NodeJS.ProcessEnv = process.env): boolean {
  const path = env.NOTIFY_SOCKET;
  if (!path || !/^[/@]/.test(path)) return false;
  const fd = libcCall.socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  const data: Memory = Buffer.from(state);
  const address = sockaddrUn(path);
  const sent = libcCall.sendto(fd, data, data.length, 0, address, address.length);
  libcCall.close(fd);
  return sent === data.length;
}

/** unix(7): the family, then a path, or after a zero byte an abstract name, which is not terminated. */
function sockaddrUn(path: string): Buffer {
  const name = Buffer.from(path);
  if (name[0] === 0x40) name[0] = 0;
  const family = Buffer.alloc(2);
  family.writeUInt16LE(AF_UNIX);
  return Buffer.concat([family, name]);
}

/** How often the manager wants to hear from us, in milliseconds: half of its limit. */
export function watchdogInterval(env: NodeJS.ProcessEnv = process.env): number | undefined {
  const limit = Number(env.WATCHDOG_USEC);
  if (!(limit > 0)) return undefined;
  if (env.WATCHDOG_PID !== undefined && Number(env.WATCHDOG_PID) !== process.pid) return undefined;
  return limit / 2 / 1000;
}
