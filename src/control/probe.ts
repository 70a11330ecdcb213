/** Whether a daemon answers on a control socket. Light: a daemon asks before it loads anything else. */
import { createConnection } from 'node:net';
import { DirectorError } from '../director/api.ts';
import { ControlError } from './error.ts';

/** @throws DirectorError `already-running` when a daemon answers there */
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
      else reject(new ControlError('no-access', `cannot probe ${path}: ${reason(error)}`, { cause: error }));
    });
  });
}

/** Why a socket cannot be used, and what to do. */
export function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EACCES' || code === 'EPERM') return 'no permission: run as root, or choose another --socket';
  return error instanceof Error ? error.message : String(error);
}
