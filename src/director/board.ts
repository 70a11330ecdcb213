/**
 * The board: a few numbers that the three threads share, so that none waits for another. Each field has one
 * writer. Times are CLOCK_BOOTTIME in microseconds; 0 means never.
 */
const FIELDS = [
  // Written by the main thread and the sync worker: proof that their loops turn.
  'mainAliveAt',
  'syncAliveAt',
  // Written by the main thread: how many sweeps have ended, what the last one counted, and how many changes of
  // connections it could not announce.
  'sweeps',
  'connections',
  'unsent',
  // Written by the heartbeat worker: what the sync heartbeat says about us.
  'heartbeatTicks',
  'role',
  'term',
  'leaseUntil',
  'interval',
  'peerAdvertAt',
  // 1: it must not become master now.
  'barred',
  'priority',
  'reach',
  // Since when it waits for an advertisement: 0 when it does not.
  'silentSince',
  // 1: sync heartbeats stand for advertisements that the peer does not hear.
  'offering',
  // What becomes of the two ways to the peer.
  'vrrpPath',
  'syncPath',
  // Written by the sync worker: what the peer's sync heartbeat says, and when it said so (peer-board.ts).
  'peerSyncAt',
  'peerRole',
  'peerTerm',
  'peerLeaseUntil',
  'peerVersion',
  'peerSealed',
  'peerAble',
  'peerPriority',
  'peerInterval',
  'peerOutranks',
  'peerReach',
  'peerHolds',
  'peerAdvertHeardAt',
  'peerDeaf',
  'peerBeatHeardAt',
  'synced',
] as const;

export type BoardField = (typeof FIELDS)[number];

/** Each thread asks some dozens of times a millisecond. */
const PLACES = Object.fromEntries(FIELDS.map((field, place) => [field, place])) as Record<BoardField, number>;

/** Values of the `role` and `peerRole` fields. */
export const BOARD_ROLE = { INIT: 0, BACKUP: 1, MASTER: 2 } as const;

/** Values of the `vrrpPath` and `syncPath` fields. */
export const BOARD_PATH = { unknown: 0, up: 1, lost: 2 } as const;

export class Board {
  readonly buffer: SharedArrayBuffer;
  readonly #values: BigInt64Array;

  constructor(buffer = new SharedArrayBuffer(FIELDS.length * 8)) {
    this.buffer = buffer;
    this.#values = new BigInt64Array(buffer);
  }

  get(field: BoardField): number {
    return Number(Atomics.load(this.#values, PLACES[field]));
  }

  set(field: BoardField, value: number): void {
    Atomics.store(this.#values, PLACES[field], BigInt(Math.trunc(value)));
  }
}
