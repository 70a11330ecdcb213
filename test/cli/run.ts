import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { built } from '../support/build.ts';
import { scratch } from '../support/scratch.ts';
import { until } from '../support/until.ts';

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

/** A configuration with nothing in it: no test follows what the machine that it runs on is configured for. */
export function emptyConfiguration(): string {
  const file = join(scratch(), 'empty.yaml');
  writeFileSync(file, '');
  return file;
}

/** A daemon with the memory plane that is stopped when the test ends. */
export function spawnDaemon(folder: string, config = emptyConfiguration()) {
  const socket = join(folder, 'tandem.sock');
  const child = spawn(
    process.execPath,
    [TANDEM, 'daemon', '--datapath', 'memory', '--config', config, '--socket', socket],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  const output: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => output.push(text));
  return { socket, child, stderr: () => output.join('') };
}

/** The path of a socket. Daemons that commands start on it end with the test, also with one that failed. */
export function socketIn(folder: string): string {
  const socket = join(folder, 'tandem.sock');
  onTestFinished(async () => {
    for (const pid of processesOf(socket)) process.kill(pid, 'SIGKILL');
    await until('the daemons on the socket are gone', () => processesOf(socket).length === 0);
  });
  return socket;
}

/** Processes that name the socket on their command line. The dead that wait for their parent have none. */
export function processesOf(socket: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^[0-9]+$/.test(entry) && commandLine(entry).includes(socket))
    .map(Number);
}

function commandLine(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

export function exited(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
}
