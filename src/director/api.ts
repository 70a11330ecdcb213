/**
 * What a director offers to people and programs. The daemon implements it; `control/` carries it over a
 * socket, where the client offers the same interface again.
 */
import type { Connection } from '../model/connection.ts';
import type { ServiceCounters } from '../model/counters.ts';
import type { RuleEdit } from '../model/edit.ts';
import type { RuleSet, ServiceId } from '../model/rules.ts';
import type { SyncDaemon, SyncDirection } from '../model/sync-daemon.ts';
import type { Status, SyncKeys } from './status.ts';

export interface Listing {
  readonly rules: RuleSet;
  /** One for each service of `rules`, in its order. */
  readonly counters: readonly ServiceCounters[];
}

/** An edit that did not apply. */
export interface RefusedEdit {
  /** Its place in the list. */
  readonly at: number;
  /** ModelError, or DirectorError `table-full`. */
  readonly error: Error;
}

export interface DirectorApi {
  /**
   * Applies edits in order: each one wholly or not at all, whatever became of those before it. Many at once cost
   * little more than one alone.
   * @param how `whole`: as one change, or none of them when one is refused
   * @returns those that were refused, in their order; of a whole change the first one
   */
  edit(edits: readonly RuleEdit[], how?: 'whole'): Promise<readonly RefusedEdit[]>;
  list(): Promise<Listing>;
  /** The same, with traffic per second instead of totals. */
  rates(): Promise<Listing>;
  /** Sets traffic counters to zero: of one service, or of all. */
  zero(service?: ServiceId): Promise<void>;
  /** The connection table in chunks, so that no process holds all of it. */
  connections(): AsyncIterable<readonly Connection[]>;
  status(): Promise<Status>;
  syncDaemons(): Promise<readonly SyncDaemon[]>;
  /**
   * @param daemon a maxlen of 0 is what fits the interface
   * @throws DirectorError `sync-running`, `no-such-device`, `no-route`; ModelError `family-mismatch`
   */
  startSync(daemon: SyncDaemon): Promise<void>;
  /** @throws DirectorError `sync-stopped` when that direction does not run */
  stopSync(direction: SyncDirection): Promise<void>;
  /** Gives the floating addresses to the peer. @throws DirectorError `not-master`, `no-peer`, `handover-failed` */
  handover(): Promise<{ readonly tookMs: number }>;
  /**
   * Prepares for the program on disk to take this one's place, in the same process: it adopts the plane, and no peer
   * takes over meanwhile. It happens when this has resolved.
   * @throws DirectorError `upgrade-refused`, and nothing has changed
   */
  upgrade(): Promise<void>;
  /**
   * Reads the file of sync keys again.
   * @throws DirectorError `no-key-file`, `key-unknown`; ModelError for what is in the file. Then the keys are as before
   */
  rekey(): Promise<SyncKeys>;
}

export type DirectorErrorCode =
  | 'sync-running'
  | 'sync-stopped'
  | 'no-such-device'
  | 'no-such-user'
  | 'no-route'
  | 'no-privileges'
  | 'no-xdp'
  | 'not-master'
  | 'no-peer'
  | 'handover-failed'
  | 'upgrade-refused'
  | 'table-full'
  | 'already-running'
  | 'bad-plane'
  | 'no-log-file'
  | 'no-key-file'
  | 'key-unknown'
  | 'bad-rules'
  | 'not-kept';

/** A refusal of the director: says what, where and what to do. */
export class DirectorError extends Error {
  readonly code: DirectorErrorCode;

  constructor(code: DirectorErrorCode, message: string) {
    super(message);
    this.name = 'DirectorError';
    this.code = code;
  }
}
