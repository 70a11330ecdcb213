/** The forwarding plane as the main thread sees it. The XDP plane and the memory plane implement it. */
import type { MessagePort } from 'node:worker_threads';
import type { Address } from '../model/address.ts';
import type { Connection } from '../model/connection.ts';
import type { ServiceCounters } from '../model/counters.ts';
import type { RuleSet, ServiceId } from '../model/rules.ts';
import type { FencePort } from './ports.ts';

/** An address of the rules or of a virtual router, and who answers for it. */
export interface PlaneAddress {
  readonly address: Address;
  readonly kind: 'virtual' | 'local';
  /** Owned by whoever holds the lease; else by this host alone. */
  readonly floating: boolean;
  /** Interface on which ARP for it is answered; 0 when none is known. */
  readonly ifindex: number;
  /** 6 bytes: the link address that answers tell, in place of the interface's own. */
  readonly mac?: Uint8Array;
}

export interface SweepResult {
  readonly expired: number;
  readonly connections: number;
  /** Changes, refreshes and ends that found no room on their way to the sync worker: the next sweep tells them. */
  readonly deferred: number;
  /** Changes of connections among them. Until they are told the peer does not have our whole table. */
  readonly unsent: number;
}

export interface Plane {
  readonly kind: 'xdp' | 'memory';
  /** Whether it was taken over from a former daemon, with its connections. */
  readonly adopted: boolean;
  /**
   * Brings the plane from the rules it has to these.
   * @throws DatapathError `table-full`; a plane that was adopted still has its former rules if these were the first
   */
  applyRules(rules: RuleSet): void;
  setAddresses(addresses: readonly PlaneAddress[]): void;
  /** An interface that carries the plane has this link address now. @param mac 6 bytes */
  setMac(ifindex: number, mac: Uint8Array): void;
  /** Which of the directors this is, from 0: it takes the local ports of that parity first. */
  setDirector(director: number): void;
  /** In the order of `rules.services`. */
  counters(rules: RuleSet): ServiceCounters[];
  zero(rules: RuleSet, service?: ServiceId): void;
  connections(): AsyncIterable<readonly Connection[]>;
  /** Expires idle connections, announces what is due, and counts what stays. */
  sweep(): SweepResult;
  /** The same in slices of about a millisecond. */
  sweepSlices(): Generator<undefined, SweepResult>;
  drops(): Record<string, number>;
  events(): Record<string, number>;
  readonly fence: FencePort;
  shareFence(): FenceShare;
  shareSync(): SyncShare;
  /** Ends userland's part. With `keep`, the kernel's part goes on and the next daemon adopts it. */
  close(keep: boolean): void;
}

/** What opens a plane's lease in another thread. Goes through `workerData`. */
export type FenceShare =
  | { readonly kind: 'xdp'; readonly lease: MapShare }
  | { readonly kind: 'memory'; readonly lease: SharedArrayBuffer };

/** What opens a plane's sync port in another thread. The message port must be transferred. */
export type SyncShare =
  | {
      readonly kind: 'xdp';
      readonly maps: Readonly<Record<SyncMapName, MapShare>>;
      readonly programs: { readonly apply: number; readonly announce: number };
    }
  | { readonly kind: 'memory'; readonly port: MessagePort; readonly capacity: number };

export type SyncMapName = (typeof SYNC_MAPS)[number];

export const SYNC_MAPS = [
  'flows4',
  'flows6',
  'sources',
  'servers',
  'settings',
  'events',
  'inbox',
  'plane_events',
  'sync_lease',
] as const;

/** A map's descriptor (descriptors are the process's, not the thread's) and its sizes. */
export interface MapShare {
  readonly fd: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
}

export type DatapathErrorCode =
  | 'table-full'
  | 'no-xdp'
  | 'no-privileges'
  | 'bad-plane'
  | 'no-such-device'
  | 'busy';

/** The plane cannot do what was asked: says what, where and what to do. */
export class DatapathError extends Error {
  readonly code: DatapathErrorCode;

  constructor(code: DatapathErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DatapathError';
    this.code = code;
  }
}
