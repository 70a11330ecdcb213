/** What the kernel said of a socket's path, as an error of ours. */
import { ControlError } from './error.ts';

/** @param what was tried, with the path */
export function socketError(what: string, error: unknown): ControlError {
  const { code, message } = error as NodeJS.ErrnoException;
  const denied = code === 'EACCES' || code === 'EPERM';
  const why = denied ? 'no permission: run as root' : message;
  return new ControlError(
    denied ? 'no-access' : 'bad-socket',
    `${what}: ${why}, or choose another --socket`,
    {
      cause: error,
    },
  );
}
