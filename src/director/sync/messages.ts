/** What the main thread and the sync worker tell each other. Plain values: they are cloned on the way. */
import type { Address } from '../../model/address.ts';
import type { RuleVersion } from '../../model/rule-version.ts';
import type { SyncDaemon, SyncDirection } from '../../model/sync-daemon.ts';
import type { Held } from '../../sync/peer.ts';
import type { FetchedRules, HeldRules } from '../../sync/rule-exchange.ts';
import type { SealKey } from '../../wire/seal-key.ts';
import type { Position } from '../../wire/sync-message.ts';
import type { SyncStatus } from '../status.ts';

/** `workerData` of the thread, as far as it is about sync; the entry adds what makes the port. */
export interface SyncSettings {
  /** The director's name; the sender id is made of it. */
  readonly name: string;
  /** 0-255, said in heartbeats. */
  readonly priority: number;
  /** Microseconds between heartbeats. */
  readonly advertInterval: number;
  /** A heartbeat worker runs: without a tick of it, no sync heartbeat is sent. */
  readonly gated: boolean;
  /** From the key file (key-file.ts), the newest last; without one datagrams travel in clear. */
  readonly keys: readonly SealKey[];
  /** Where the first virtual router advertises from; none without one. */
  readonly address?: Address;
  /** Of the heartbeat worker, which waits for what the peer says: a descriptor that the thread closes. */
  readonly bell?: number;
  /** Rules are replicated, where the peer does it too. */
  readonly replicates: boolean;
  /** The daemon found a plane that another had left, and goes on with it. */
  readonly adopted: boolean;
  /** Where the daemon after us finds what we sent and received (progress-file.ts). */
  readonly progressFile?: string;
  /** The board's shared memory. */
  readonly board: SharedArrayBuffer;
}

export type MainToSync =
  /** Answered with `done` or `refused` of the same id. */
  | { readonly type: 'start'; readonly id: number; readonly daemon: SyncDaemon }
  | { readonly type: 'stop'; readonly id: number; readonly direction: SyncDirection }
  /** The keys of the file as it is now. Answered with `done` or `refused` of the same id. */
  | { readonly type: 'rekey'; readonly id: number; readonly keys: readonly SealKey[] }
  /** What this director holds now, where rules are replicated. */
  | { readonly type: 'rules'; readonly held: HeldRules }
  /** Answered with `status`, which also comes twice a second by itself. */
  | { readonly type: 'status' }
  /**
   * Give our place to the peer of that name, or to the one that is there: answered with `handover-close-fence`, then
   * `handover-released`, or `handover-failed`.
   */
  | { readonly type: 'handover'; readonly to?: string }
  /** Ask the master for its place, once: it hands over, or nothing happens. Not sent while we lack its table. */
  | { readonly type: 'ask-handover' }
  /** The answer to `handover-close-fence`. */
  | { readonly type: 'fence-closed' }
  /** Closes the sockets; the thread then ends by itself. */
  | { readonly type: 'close' };

/** News of the session. */
export type SyncEvent =
  | { readonly type: 'peer-found'; readonly name: string; readonly restarted: boolean }
  | { readonly type: 'peer-lost'; readonly name: string }
  /** Whether we hold the peer's whole table changed. */
  | { readonly type: 'synced'; readonly synced: boolean }
  /** A bulk transfer of the table to a peer, or from one; `seconds` at its end. */
  | {
      readonly type: 'bulk';
      readonly way: 'to' | 'from';
      readonly phase: 'begin' | 'end' | 'broken';
      readonly records: number;
      readonly seconds: number;
      readonly removed: number;
    }
  /** Another key seals what we send from now on. */
  | { readonly type: 'sealing'; readonly key: string }
  /** A peer holds newer rules than those that we were last told of. */
  | { readonly type: 'rules-fetched'; readonly name: string; readonly rules: FetchedRules }
  /** The peer holds the same version as we. */
  | { readonly type: 'rules-agreed'; readonly name: string; readonly version: RuleVersion }
  /** Rules are replicated `here` and not at the peer, or there and not here. */
  | { readonly type: 'rules-one-sided'; readonly name: string; readonly here: boolean }
  /** The peer is ready: close the fence, then say `fence-closed`. */
  | { readonly type: 'handover-close-fence' }
  /** The peer has been told: the handover is done on our side. */
  | { readonly type: 'handover-released' }
  | { readonly type: 'handover-failed'; readonly reason: string }
  /** The peer, which was master, has closed its fence: become master now. */
  | { readonly type: 'handover-take'; readonly from: string }
  /** A backup that holds our table is preferred: hand over to it. */
  | { readonly type: 'handover-asked'; readonly from: string }
  /** We were ready to take over, and no release came. */
  | { readonly type: 'handover-abandoned' }
  /** Datagrams are refused, at most once in ten seconds for each cause; the counters have the numbers. */
  | { readonly type: 'trouble'; readonly cause: string; readonly message: string };

export type SyncToMain =
  | SyncEvent
  | { readonly type: 'done'; readonly id: number }
  /** `code`: of DirectorError, or `bad-value`. */
  | { readonly type: 'refused'; readonly id: number; readonly code: string; readonly message: string }
  | { readonly type: 'status'; readonly status: SyncStatus };

/** What outlives a daemon with its plane: both halves of the stream. */
export interface Progress {
  readonly sent?: Position;
  readonly held?: Held;
}
