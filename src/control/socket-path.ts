import { PATHS } from '../director/config.ts';
import { ControlError } from './error.ts';

/** sizeof(sun_path) - 1 (unix(7)). */
const MAX_PATH = 107;

/** Where the daemon listens unless told: TANDEM_SOCKET, or the default. */
export function defaultSocketPath(env: NodeJS.ProcessEnv = process.env): string {
  return env.TANDEM_SOCKET || PATHS.socket;
}

/** @throws ControlError `bad-socket` when the kernel cannot take the path */
export function checkSocketPath(path: string): void {
  const length = Buffer.byteLength(path);
  if (length > MAX_PATH) {
    throw new ControlError(
      'bad-socket',
      `socket path ${path} has ${length} bytes and the kernel takes ${MAX_PATH}: choose a shorter one`,
    );
  }
}
