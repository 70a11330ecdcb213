/** A check that somebody wrote: a program run apart from us, without our rights, and not for ever. */
import { spawn } from 'node:child_process';
import { lstatSync, realpathSync } from 'node:fs';
import { setPriority } from 'node:os';
import { HostError } from './error.ts';
import type { UserIds } from './user.ts';

export interface Script {
  /** An absolute path, and arguments; no shell reads them. */
  readonly command: readonly string[];
  /** Whom it runs as; undefined for the daemon's own user, where that is not root. */
  readonly user: UserIds | undefined;
  readonly timeoutMs: number;
}

const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' } as const;
/** Group and others. */
const WRITABLE = 0o022;

/**
 * Runs it once. It has no input, nobody reads what it says, and its whole process group ends with its time.
 * @returns undefined when it ended with 0, else what it did, as half a sentence
 */
export async function runScript({ command, user, timeoutMs }: Script): Promise<string | undefined> {
  const [file = '', ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: '/', env: ENVIRONMENT, stdio: 'ignore', detached: true, ...user });
    const timer = setTimeout(() => {
      end(child.pid);
      resolve(`took more than ${timeoutMs} ms`);
    }, timeoutMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve(`cannot be run: ${error.message}`);
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      resolve(code === 0 ? undefined : `ended with ${code ?? signal}`);
    });
    // The daemon goes before ordinary work; what it checks with does not.
    if (child.pid !== undefined) ordinary(child.pid);
  });
}

function end(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function ordinary(pid: number): void {
  try {
    setPriority(pid, 0);
  } catch {
    // It has ended already.
  }
}

/**
 * Refuses what would hand root to whoever may write the file: as keepalived's enable_script_security.
 * @throws HostError `bad-script`
 */
export function requireSafe({ command, user }: Script): void {
  const [file = ''] = command;
  const root = (user?.uid ?? process.getuid?.() ?? 0) === 0;
  for (let path = real(file); ; path = path.slice(0, path.lastIndexOf('/')) || '/') {
    const { uid, mode } = lstatSync(path);
    if (root && (uid !== 0 || (mode & WRITABLE) !== 0)) {
      const remedy = 'let another user run it with "user", or make root its only writer';
      throw new HostError('bad-script', `${file} would run as root, but others may write ${path}: ${remedy}`);
    }
    if (path === '/') return;
  }
}

function real(file: string): string {
  try {
    return realpathSync(file);
  } catch (cause) {
    throw new HostError('bad-script', `there is no program ${file}: name one that is there`, { cause });
  }
}
