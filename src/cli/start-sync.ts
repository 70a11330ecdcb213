/** `tandem start-daemon`: makes sure that a daemon runs, and that one direction of sync does. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../config/load.ts';
import { type ControlClient, connect } from '../control/client.ts';
import { ControlError } from '../control/error.ts';
import { defaultSocketPath } from '../control/socket-path.ts';
import { type SyncDaemon, syncDaemon } from '../model/sync-daemon.ts';
import { UsageError } from './exit.ts';
import { givenSync } from './sync-options.ts';
import type { StartOptions } from './verbs/start-daemon.ts';

/** Loading the plane takes well under a second; a host that swaps is given time. */
const START_LIMIT_MS = 30_000;

/** @throws UsageError, ConfigError, ControlError, DirectorError */
export async function startSync(options: StartOptions): Promise<void> {
  const wanted = wantedSync(options);
  const socket = options.socket ?? defaultSocketPath();
  const daemon = (await connectIfThere(socket)) ?? (await startDaemon(options, socket));
  try {
    const running = (await daemon.syncDaemons()).find(({ direction }) => direction === options.direction);
    // What the configuration started already is what was asked for, if nothing else was.
    if (running && same(running, wanted)) return;
    await daemon.startSync(wanted);
  } finally {
    daemon.close();
  }
}

function wantedSync(options: StartOptions): SyncDaemon {
  const given = givenSync(options);
  const configured =
    given.interface === undefined ? loadConfig(options.config, { datapath: 'memory' }).sync : [];
  const base = configured.find(({ direction }) => direction === options.direction) ?? configured[0];
  const device = given.interface ?? base?.interface;
  if (device === undefined)
    throw new UsageError('no interface for sync: give --mcast-interface, or configure "sync:"');
  return syncDaemon({ ...base, ...given, direction: options.direction, interface: device });
}

function same(a: SyncDaemon, b: SyncDaemon): boolean {
  return (Object.keys(a) as (keyof SyncDaemon)[]).every((key) => a[key] === b[key]);
}

async function connectIfThere(socket: string): Promise<ControlClient | undefined> {
  try {
    return await connect(socket);
  } catch (error) {
    if (error instanceof ControlError && error.code === 'no-daemon') return undefined;
    throw error;
  }
}

async function startDaemon(options: StartOptions, socket: string): Promise<ControlClient> {
  const log = `${socket}.log`;
  const child = launch(options, socket, log);
  const end = performance.now() + START_LIMIT_MS;
  while (child.exitCode === null && child.signalCode === null) {
    const daemon = await connectIfThere(socket);
    if (daemon) return daemon;
    if (performance.now() > end) {
      child.kill();
      throw new ControlError('no-daemon', `the daemon was not ready after ${START_LIMIT_MS} ms: read ${log}`);
    }
    await sleep(20);
  }
  throw new ControlError('no-daemon', `the daemon did not start:\n${readFileSync(log, 'utf8').trimEnd()}`);
}

/** In a session of its own, so that it outlives this command and its terminal. */
function launch(options: StartOptions, socket: string, log: string): ChildProcess {
  mkdirSync(dirname(socket), { recursive: true });
  const output = openSync(log, 'w', 0o600);
  const entry = process.argv[1] ?? '';
  const args = [entry, 'daemon', '--socket', socket];
  if (options.config !== undefined) args.push('--config', options.config);
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
