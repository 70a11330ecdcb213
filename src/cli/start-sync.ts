/** `tandem start-daemon`: makes sure that a daemon runs, and that one direction of sync does. */
import { resolve } from 'node:path';
import type { ControlClient } from '../control/client.ts';
import { defaultSocketPath } from '../control/socket-path.ts';
import { type SyncDaemon, syncDaemon } from '../model/sync-daemon.ts';
import { daemonOn } from './background-daemon.ts';
import { configurationOf } from './configuration.ts';
import { UsageError } from './exit.ts';
import { givenSync } from './sync-options.ts';
import type { StartOptions } from './verbs/start-daemon.ts';

/** @throws UsageError, ConfigError, ControlError, DirectorError; then no daemon runs that did not before */
export async function startSync(options: StartOptions): Promise<void> {
  const wanted = wantedSync(options);
  const { client, takeBack } = await daemonOn(resolve(options.socket ?? defaultSocketPath()), options);
  try {
    await ensure(client, wanted);
  } catch (error) {
    await takeBack();
    throw error;
  } finally {
    client.close();
  }
}

async function ensure(daemon: ControlClient, wanted: SyncDaemon): Promise<void> {
  const running = (await daemon.syncDaemons()).find(({ direction }) => direction === wanted.direction);
  // What the configuration started already is what was asked for, if nothing else was.
  if (running && same(running, wanted)) return;
  await daemon.startSync(wanted);
}

function wantedSync(options: StartOptions): SyncDaemon {
  const given = givenSync(options);
  const configured = given.interface === undefined ? configurationOf(options, 'memory').sync : [];
  const base = configured.find(({ direction }) => direction === options.direction) ?? configured[0];
  const device = given.interface ?? base?.interface;
  if (device === undefined)
    throw new UsageError('no interface for sync: give --mcast-interface, or configure "sync:"');
  return syncDaemon({ ...base, ...given, direction: options.direction, interface: device });
}

function same(a: SyncDaemon, b: SyncDaemon): boolean {
  return (Object.keys(a) as (keyof SyncDaemon)[]).every((key) => a[key] === b[key]);
}
