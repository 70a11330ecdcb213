/** A daemon that a command starts in the background, and takes back when it fails: then nothing has changed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ControlClient, connect } from '../control/client.ts';
import { ControlError } from '../control/error.ts';
import { socketError } from '../control/socket-error.ts';
import { makeFolder } from '../host/folder.ts';
import { TAKE_BACK } from './take-back.ts';
import type { DaemonOptions } from './verbs/daemon.ts';

/** Loading the plane takes well under a second; a host that swaps is given time. */
const START_LIMIT_MS = 30_000;
/** As long again to put everything back. */
const STOP_LIMIT_MS = 30_000;

export interface BackgroundDaemon {
  readonly client: ControlClient;
  /** Undoes the start, where this command made it. */
  takeBack(): Promise<void>;
}

/**
 * The daemon that serves the socket, started when there is none.
 * @param socket an absolute path: the daemon lives in another folder
 * @throws ControlError `not-started`, `no-access`, `bad-socket`
 */
export async function daemonOn(socket: string, options: DaemonOptions): Promise<BackgroundDaemon> {
  const client = await connectIfThere(socket);
  return client ? { client, takeBack: async () => {} } : start(socket, options);
}

async function connectIfThere(socket: string): Promise<ControlClient | undefined> {
  try {
    return await connect(socket);
  } catch (error) {
    if (error instanceof ControlError && error.code === 'no-daemon') return undefined;
    throw error;
  }
}

async function start(socket: string, options: DaemonOptions): Promise<BackgroundDaemon> {
  const log = `${socket}.log`;
  const child = launch(socket, options, log);
  const takeBack = async () => {
    await stop(child);
    rmSync(log, { force: true });
  };
  try {
    return { client: await firstConnection(child, socket, log), takeBack };
  } catch (error) {
    await takeBack();
    throw error;
  }
}

async function firstConnection(child: ChildProcess, socket: string, log: string): Promise<ControlClient> {
  const fail = (what: string): never => {
    throw new ControlError('not-started', `${what}:\n${readFileSync(log, 'utf8').trimEnd()}`);
  };
  const end = performance.now() + START_LIMIT_MS;
  while (runs(child)) {
    const client = await connectIfThere(socket);
    if (client) return client;
    if (performance.now() > end) fail(`the daemon was not ready after ${START_LIMIT_MS} ms`);
    await sleep(20);
  }
  return fail('the daemon did not start');
}

const runs = ({ exitCode, signalCode }: ChildProcess) => exitCode === null && signalCode === null;

/** In a session of its own, so that it outlives this command and its terminal. */
function launch(socket: string, options: DaemonOptions, log: string): ChildProcess {
  const output = openLog(log);
  const args = [process.argv[1] ?? '', 'daemon', '--socket', socket];
  if (options.config !== undefined) args.push('--config', resolve(options.config));
  if (options.datapath !== undefined) args.push('--datapath', options.datapath);
  const child = spawn(process.execPath, args, {
    detached: true,
    cwd: '/',
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  child.unref();
  return child;
}

function openLog(log: string): number {
  try {
    makeFolder(dirname(log));
    return openSync(log, 'w', 0o600);
  } catch (error) {
    throw socketError(`cannot write the daemon's log ${log}`, error);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (!runs(child)) return;
  child.ref();
  const ended = once(child, 'exit');
  child.kill(TAKE_BACK);
  const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(impatience);
}
