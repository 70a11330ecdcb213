/** The sync worker's thread around the session: its loop, its clock, its messages. */
import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { MessagePort } from 'node:worker_threads';
import type { SyncPort } from '../../datapath/ports.ts';
import { ModelError } from '../../model/error.ts';
import { Bell } from '../../native/poll.ts';
import type { Position } from '../../wire/sync-message.ts';
import { DirectorError } from '../api.ts';
import { Board } from '../board.ts';
import type { MainToSync, SyncSettings, SyncToMain } from './messages.ts';
import { ProgressFile, readProgress } from './progress-file.ts';
import { senderId } from './sender-id.ts';
import { SyncSession } from './session.ts';
import { type SyncSockets, udpSockets } from './sockets.ts';

/** Milliseconds. */
const TURN = 1;
const STATUS_EVERY = 500;

/** What differs between the planes, and between production and tests. */
export interface SyncSurroundings {
  /** The plane's sync port; made in this thread. */
  readonly port: SyncPort;
  /** CLOCK_BOOTTIME in microseconds. */
  readonly clock: () => number;
  /** Wall clock in milliseconds. */
  readonly wallClock?: () => number;
  readonly sockets?: SyncSockets;
}

/**
 * Runs until main says `close`: the entry of the thread calls it with `parentPort`.
 * What the port throws is not caught: the thread ends, and main sees its `error`.
 */
export function runSyncWorker(main: MessagePort, settings: SyncSettings, around: SyncSurroundings): void {
  const tell = (message: SyncToMain) => main.postMessage(message);
  const { adopted, progressFile } = settings;
  const before = adopted && progressFile ? readProgress(progressFile) : {};
  const wallClock = around.wallClock ?? Date.now;
  const epoch = Math.max(wallClock(), (before.sent?.epoch ?? 0) + 1);
  // A fresh plane: nothing was sent of it, and nothing had to be.
  const sent = adopted ? before.sent : { epoch, sequence: 0 };
  const file = progressFile
    ? new ProgressFile(progressFile, { ...before, ...(sent && { sent }) })
    : undefined;
  const trouble = (error: Error) => tell({ type: 'trouble', cause: 'socket', message: error.message });
  const bell = settings.bell === undefined ? undefined : new Bell(settings.bell);
  const session = new SyncSession({
    ...settings,
    sender: senderId(settings.name),
    epoch,
    board: new Board(settings.board),
    port: around.port,
    clock: around.clock,
    random: randomBytes,
    sockets: around.sockets ?? udpSockets({ onError: trouble }),
    continues: adopted ? continuation(before.sent) : undefined,
    held: before.held,
    report: tell,
    onWord: bell && (() => bell.ring()),
    onSent: (sent) => file?.update({ sent }),
    onHeld: (held) => file?.update({ held }),
  });
  const sendStatus = () => tell({ type: 'status', status: session.status() });
  const loop = setInterval(() => session.turn(), TURN);
  const reports = setInterval(sendStatus, STATUS_EVERY);

  // One after the other: each waits for sockets, and finds what the one before it left.
  let last = Promise.resolve();
  const perform = (id: number, work: () => Promise<void>) => {
    last = last.then(work).then(
      () => tell({ type: 'done', id }),
      (error: unknown) => tell(refusal(id, error)),
    );
  };
  const close = async () => {
    await last;
    clearInterval(loop);
    // What the plane emitted until now is sent; the kernel has it after one turn of the event loop.
    session.turn();
    await setImmediate();
    await session.close();
    bell?.close();
    clearInterval(reports);
    sendStatus();
    file?.close();
    main.close();
  };

  main.on('message', (message: MainToSync) => {
    if (message.type === 'start') perform(message.id, () => session.start(message.daemon));
    else if (message.type === 'stop') perform(message.id, () => session.stop(message.direction));
    else if (message.type === 'rekey') perform(message.id, async () => session.rekey(message.keys));
    else if (message.type === 'rules') session.holdRules(message.held);
    else if (message.type === 'status') sendStatus();
    else if (message.type === 'handover') session.handover(message.to);
    else if (message.type === 'ask-handover') session.askHandover();
    else if (message.type === 'fence-closed') session.fenceClosed();
    else void close();
  });
}

/** Undefined where there is nothing to continue: no record was sent since the plane was fresh. */
function continuation(sent: Position | undefined): Position | undefined {
  if (!sent) return { epoch: 0, sequence: 0 };
  return sent.sequence === 0 ? undefined : sent;
}

/** @throws what is no refusal: a mistake of ours ends the thread */
function refusal(id: number, error: unknown): SyncToMain {
  if (error instanceof DirectorError || error instanceof ModelError)
    return { type: 'refused', id, code: error.code, message: error.message };
  throw error;
}
