/** Whether a daemon answers on a control socket. Light: a daemon asks before it loads anything else. */
import { createConnection } from 'node:net';
import { DirectorError } from '../director/api.ts';
import { socketError } from './socket-error.ts';

/**
 * @throws DirectorError `already-running` when a daemon answers there
 * @throws ControlError `no-access`, `bad-socket` when that cannot be known
 */
export async function refuseIfServed(path: string): Promise<void> {
  if (!(await answers(path))) return;
  throw new DirectorError(
    'already-running',
    `a daemon runs already on ${path}: stop it first, or choose another --socket`,
  );
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createConnection(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT' || error.code === 'ENOTSOCK')
        resolve(false);
      else reject(socketError(`cannot probe the control socket ${path}`, error));
    });
  });
}
