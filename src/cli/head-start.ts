/**
 * What a daemon does before it even knows its command line: it starts the heartbeat's thread, and where a daemon that
 * was started in the same way left a lease, it goes on with it.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { resolve } from 'node:path';
import { refuseIfServed } from '../control/probe.ts';
import { defaultSocketPath } from '../control/socket-path.ts';
import { LEASE } from '../datapath/layouts.generated.ts';
import { PATHS } from '../director/config.ts';
import { findNote, goOnFrom, type Head, type Note, newHead } from '../director/heartbeat/head-start.ts';
import type { DaemonOptions } from './verbs/daemon.ts';

let head: Promise<Head> | undefined;

/** Of this process: the same however often it is asked for. */
export function headStart(): Promise<Head> {
  head ??= begin();
  return head;
}

/** Nothing may go on alone when the daemon that it was for has not come about. */
export async function endHeadStart(): Promise<void> {
  const begun = await head?.catch(() => undefined);
  await begun?.thread.stop(true).catch(() => {});
}

/** What the next daemon must be started with to go on from this one; undefined without a configuration file. */
export function startedFrom(options: DaemonOptions): Pick<Note, 'from' | 'config' | 'socket'> | undefined {
  const config = resolve(options.config ?? PATHS.config);
  const socket = resolve(options.socket ?? defaultSocketPath());
  try {
    return { from: digest(config), config, socket };
  } catch {
    return undefined;
  }
}

async function begin(): Promise<Head> {
  const fresh = newHead();
  const note = findNote(({ from, config }) => from === digest(config));
  if (note && !(await served(note.socket))) goOnFrom(note, fresh);
  return fresh;
}

/** Whatever else a router follows from: the command line, where relative paths begin, the file, the host's name. */
function digest(config: string): string {
  const words = [process.argv.slice(2), process.cwd(), process.env.TANDEM_SOCKET ?? '', os.hostname(), LEASE];
  return createHash('sha256').update(JSON.stringify(words)).update(readFileSync(config)).digest('hex');
}

async function served(socket: string): Promise<boolean> {
  try {
    await refuseIfServed(socket);
    return false;
  } catch {
    return true;
  }
}
