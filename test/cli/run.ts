import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { built } from '../support/build.ts';

/** The commands are tested as people run them: built, in a process of their own. */
export const TANDEM = built('cli/tandem.js');
export const IPVSADM = built('cli/ipvsadm.js');

export function tandem(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [TANDEM, ...args], {
    encoding: 'utf8',
    env: { ...process.env, TANDEM_SOCKET: undefined, ...env },
    timeout: 30_000,
  });
  return { status, stdout, stderr };
}

/** A daemon with the memory plane that is stopped when the test ends. */
export function spawnDaemon(folder: string, args: readonly string[] = []) {
  const socket = join(folder, 'tandem.sock');
  const child = spawn(
    process.execPath,
    [TANDEM, 'daemon', '--datapath', 'memory', '--socket', socket, ...args],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const output: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => output.push(text));
  onTestFinished(() => void child.kill('SIGKILL'));
  return { socket, child, stderr: () => output.join('') };
}

export function exited(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
}
