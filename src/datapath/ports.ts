/**
 * The plane as its three threads see it. The XDP plane and the memory plane implement these; the threads know
 * no more. Times are CLOCK_BOOTTIME in microseconds.
 */
import type { RecordBatch } from '../model/record.ts';

/** What the heartbeat worker holds: the lease under which this director answers for the floating addresses. */
export interface FencePort {
  /** The plane answers ARP and accepts new connections until then, and stops by itself. */
  open(until: number, term: number): void;
  close(): void;
  /** What the plane holds now: at start, what a former daemon left. `until` is 0 when it is closed. */
  read(): { readonly until: number; readonly term: number };
  /** Whether connections that the plane holds may be forwarded while the fence is closed (design 4). */
  setStale(stale: boolean): void;
}

export interface ApplyResult {
  readonly applied: number;
  /** Not newer than what the table holds. */
  readonly stale: number;
  /** Of connections that ended here, and do not come back. */
  readonly gone: number;
  /** A newer connection of ours holds their local port. */
  readonly conflicts: number;
  /** Such as no plane could have made. */
  readonly refused: number;
  /** No room in the table. */
  readonly failed: number;
  /** What the sender should be told found no room on its way to the sync worker: to be done again. */
  readonly deferred: number;
}

export const NOTHING_APPLIED: ApplyResult = {
  applied: 0,
  stale: 0,
  gone: 0,
  conflicts: 0,
  refused: 0,
  failed: 0,
  deferred: 0,
};

/**
 * Of a connection that is in use here and one that is told, on the same local port: which stays. The newer one; or, where
 * two directors made connections at the same time, that of the one which goes on. With `ours`, what is in use here is not
 * ended by what is told either.
 */
export type Clash = 'newer' | 'ours' | 'theirs';

/** Where records come from. */
export interface Origin {
  /** The director that sent them, by its id on the sync channel. */
  readonly sender: number;
  /** Of the bulk transfer that they belong to, from {@link SyncPort.newMark}; 0: of none. */
  readonly mark: number;
  /** `newer` unless given. */
  readonly clash?: Clash;
}

/** A walk over the table, in slices that are short enough for one turn. */
export interface TableWalk {
  /**
   * Appends connections of which others are told, until the batch is full or the slice is over. One that is there
   * during the whole walk is seen.
   * @returns false at the end of the walk
   */
  read(batch: RecordBatch): boolean;
}

export interface Cleaning {
  /** Does a slice; `waits`: events must be read before it can go on. */
  step(): { readonly removed: number; readonly waits: boolean; readonly done: boolean };
}

/** What the sync worker holds. */
export interface SyncPort {
  /**
   * Appends events that the plane emitted, oldest first, until the batch is full. They count as read only
   * after {@link acknowledge}, so that a daemon that dies between has lost none.
   * @returns how many were appended
   */
  read(batch: RecordBatch): number;
  /** Everything read so far has been handed to the network. */
  acknowledge(): void;
  /** Events that found no room in the ring since the plane was loaded. */
  overflows(): number;
  /**
   * Merges records of one sender into the live table; the newer (term, version, maker) wins. Of what has ended here, and
   * its sender seems not to know that, an event is emitted.
   */
  apply(batch: RecordBatch, from: Origin): ApplyResult;
  /** Begins a bulk transfer of this sender: a mark of 1 to 255 that no connection of the last ones bears. */
  newMark(sender: number): number;
  walk(): TableWalk;
  /**
   * Of what bears another mark, takes out what came from this sender and was not changed here since, and emits an event
   * for the rest: this sender has not heard of that, or knows that it has ended.
   */
  clean(from: Origin): Cleaning;
  /** New connections are made only until then, 0: no peer to sync to, no limit. */
  renewSyncLease(until: number): void;
  /**
   * Emits an event for every connection that was not announced yet: half-open ones at a handover.
   * @returns false when there are more than the ring has room for: to be asked again when it is read
   */
  announceAll(): boolean;
}
