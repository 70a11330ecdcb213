/**
 * A head start for the heartbeat of a daemon that is started again: the lease that a killed one left runs out while
 * the next one still loads its code and reads its configuration. So every daemon leaves a note of its routers beside
 * its plane, and the next one that is started in the same way goes on from the note first.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { BpfFence, pinnedLease } from '../../datapath/fence-port.ts';
import { BpfMap } from '../../native/bpf-map.ts';
import { bootTimeUs } from '../../native/clock.ts';
import { interfaceIndex } from '../../native/interface.ts';
import { Board } from '../board.ts';
import { PATHS, stateDirectory } from '../config.ts';
import { writeWhole } from '../whole-file.ts';
import type { HeartbeatRouter, TrackedLink } from './messages.ts';
import { HeartbeatThread } from './thread.ts';

/** A heartbeat's thread, and the board that it shares with those that come later. */
export interface Head {
  readonly thread: HeartbeatThread;
  readonly board: Board;
}

export interface Note {
  /** Everything that the routers were made from, as a digest. */
  readonly from: string;
  readonly config: string;
  readonly socket: string;
  readonly pins: string;
  readonly routers: readonly HeartbeatRouter[];
  /** Absent in the note of an older daemon. */
  readonly links?: readonly TrackedLink[];
}

const FILE = 'heartbeat.json';

export function newHead(): Head {
  return { thread: new HeartbeatThread(), board: new Board() };
}

/** Goes with the state directory when the plane does. */
export function leaveNote(note: Note): void {
  writeWhole(join(stateDirectory(note.pins), FILE), note);
}

/** @param root where the state directories of this host's daemons are */
export function findNote(holds: (note: Note) => boolean, root: string = PATHS.state): Note | undefined {
  for (const name of namesIn(root)) {
    try {
      const note = JSON.parse(readFileSync(join(root, name, FILE), 'utf8')) as Note;
      if (holds(note)) return note;
    } catch {
      // None there, or not whole: that daemon starts without.
    }
  }
  return undefined;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * Begins with the routers of the note, if their lease still runs and their interfaces are what they were.
 * The note is used once: were it the cause of a failure, the next start must not fail of it again.
 */
export function goOnFrom(note: Note, { thread, board }: Head): boolean {
  const lease = pinnedLease(note.pins);
  if (lease?.kind !== 'xdp') return false;
  const { fd, keySize, valueSize, maxEntries } = lease.lease;
  const { until } = new BpfFence(new BpfMap(fd, keySize, valueSize, maxEntries)).read();
  if (until <= bootTimeUs() || !note.routers.every(unchanged)) return false;
  rmSync(join(stateDirectory(note.pins), FILE), { force: true });
  // From here on the heartbeat watches whether the main thread gets anywhere.
  board.set('mainAliveAt', bootTimeUs());
  const { routers, links = [] } = note;
  thread.begin({ routers, links, transport: 'raw', floating: [], board: board.buffer, fence: lease });
  return true;
}

function unchanged(router: HeartbeatRouter): boolean {
  const addresses = networkInterfaces()[router.interface] ?? [];
  return (
    interfaceIndex(router.interface) === router.ifindex &&
    addresses.some(({ address }) => address === router.source)
  );
}
