/** A director's settings, as `config/` makes them from YAML: checked, complete, every default filled in. */
import { dirname, join, relative } from 'node:path';
import type { Address } from '../model/address.ts';
import type { RuleEdit } from '../model/edit.ts';
import type { SyncDaemon } from '../model/sync-daemon.ts';
import type { ChecksumStyle } from '../vrrp/advertisement.ts';
import type { Preempt } from '../vrrp/router.ts';

export interface RouterConfig {
  readonly name: string;
  /** 1-255 */
  readonly vrid: number;
  readonly interface: string;
  /** 1-255: of two that find no master the higher one takes over first. */
  readonly priority: number;
  /** Advertisement interval in milliseconds, a multiple of 10 (VRRPv3 counts centiseconds), 10-40950. */
  readonly advertMs: number;
  /** All of one family: the router's. */
  readonly addresses: readonly Address[];
  /** VRRP's: 2 is for old peers, and IPv4. */
  readonly version: 2 | 3;
  /** Of version 2: 1-8 bytes, empty for none. */
  readonly password: string;
  /** What is sent in version 3 over IPv4. */
  readonly checksum: ChecksumStyle;
  /** Peers that are spoken to one by one; empty for multicast. */
  readonly peers: readonly Address[];
  /** The least TTL of what comes from them. */
  readonly leastTtl: number;
  readonly preempt: Preempt;
  /** Milliseconds that a master of lower priority is left in peace. */
  readonly preemptDelayMs: number;
}

export interface DirectorConfig {
  readonly name: string;
  readonly datapath: {
    readonly kind: 'xdp' | 'memory';
    /** `auto` takes the driver's own XDP where it has it. */
    readonly mode: 'auto' | 'native' | 'generic';
    /** Connections that the table holds. */
    readonly connections: number;
    /** Ports that local addresses use, both ends included. */
    readonly localPorts: readonly [number, number];
    /** The folder on a bpf file system where maps and programs outlive the daemon. */
    readonly pins: string;
  };
  /** Interfaces that carry the program: every one that clients or real servers are reached through. */
  readonly interfaces: readonly string[];
  readonly routers: readonly RouterConfig[];
  /** Directions of connection sync that run from the start. */
  readonly sync: readonly SyncDaemon[];
  /** Without one, sync is not sealed. */
  readonly syncKeyFile?: string;
  /** Applied in order to an empty rule set. */
  readonly rules: readonly RuleEdit[];
  readonly log: { readonly level: 'error' | 'warn' | 'info' | 'debug'; readonly file?: string };
}

/** Where things are unless told. */
export const PATHS = {
  config: '/etc/tandem/tandem.yaml',
  key: '/etc/tandem/sync.key',
  socket: '/run/tandem/tandem.sock',
  pins: '/sys/fs/bpf/tandem',
  state: '/run/tandem/state',
} as const;

/**
 * What must outlive a daemon but not its plane: a folder in memory, named as the whole path of the pins, so that no
 * two planes share one. Pins have no dots, which makes them free to stand for the slashes.
 */
export const stateDirectory = (pins: string): string =>
  join(PATHS.state, relative(dirname(PATHS.pins), pins).replaceAll('/', '.'));
