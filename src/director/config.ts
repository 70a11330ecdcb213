/** A director's settings, as `config/` makes them from YAML: checked, complete, every default filled in. */
import { dirname, join, relative } from 'node:path';
import type { Address } from '../model/address.ts';
import type { RuleEdit } from '../model/edit.ts';
import type { IpvsOptions } from '../model/ipvs-options.ts';
import type { SyncDaemon } from '../model/sync-daemon.ts';
import type { ChecksumStyle } from '../vrrp/advertisement.ts';
import type { Preempt } from '../vrrp/router.ts';

/** How neighbours are told where the addresses are. Times in milliseconds, 0 for never; counts from 1. */
export interface AnnounceSettings {
  /** From the first set of announcements after a takeover to the second; none with 0. */
  readonly masterDelayMs: number;
  /** Announcements of an address in each of the two sets. */
  readonly masterRepeat: number;
  /** The same after an advertisement of a lower master: somebody else was believed to have the addresses. */
  readonly lowerPrioDelayMs: number;
  readonly lowerPrioRepeat: number;
  /** Between reminders. */
  readonly refreshMs: number;
  readonly refreshRepeat: number;
  /** Between two frames on one interface, of ARP and of neighbour advertisements; 0 for no wait. */
  readonly garpIntervalMs: number;
  readonly gnaIntervalMs: number;
  /** Each announcement over IPv4 is one frame, or with `both` two. */
  readonly garpForm: 'request' | 'reply' | 'both';
}

/** keepalived's, but the second set comes after 1 s instead of 5, and there are reminders. */
export const ANNOUNCE: AnnounceSettings = {
  masterDelayMs: 1000,
  masterRepeat: 5,
  lowerPrioDelayMs: 1000,
  lowerPrioRepeat: 5,
  refreshMs: 30_000,
  refreshRepeat: 1,
  garpIntervalMs: 0,
  gnaIntervalMs: 0,
  garpForm: 'request',
};

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
  /** Advertisements come from the virtual router's link address, and its addresses are there (RFC 9568, 7.3). */
  readonly useVmac: boolean;
  readonly preempt: Preempt;
  /** Milliseconds that a master of lower priority is left in peace. */
  readonly preemptDelayMs: number;
  /** Of all routers of a director together; {@link ANNOUNCE} unless given. */
  readonly announce?: AnnounceSettings;
}

/** A check that runs every now and then. */
export interface TrackedScript {
  readonly name: string;
  readonly command: readonly string[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Runs in a row with another outcome, until it is believed. */
  readonly rise: number;
  readonly fall: number;
  readonly weight: number;
  readonly userName: string;
}

/** What must be reached, and what it weighs (vrrp/tracking.ts). */
export interface TrackSettings {
  readonly links: readonly { readonly name: string; readonly weight: number }[];
  readonly routes: readonly { readonly destination: string; readonly weight: number }[];
  readonly scripts: readonly TrackedScript[];
}

export const NO_TRACK: TrackSettings = { links: [], routes: [], scripts: [] };

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
    readonly ipvs: IpvsOptions;
  };
  /** Interfaces that carry the program: every one that clients or real servers are reached through. */
  readonly interfaces: readonly string[];
  readonly routers: readonly RouterConfig[];
  /** {@link NO_TRACK} unless given. */
  readonly track?: TrackSettings;
  /** Directions of connection sync that run from the start. */
  readonly sync: readonly SyncDaemon[];
  /** Without one, sync is not sealed. */
  readonly syncKeyFile?: string;
  /** Rules changed on either director of the pair hold on both, if the other one says so too. */
  readonly replicateRules: boolean;
  /** Applied in order to an empty rule set. */
  readonly rules: readonly RuleEdit[];
  /** Where the rules are kept over a restart; what stands there goes before {@link rules}. */
  readonly keptRules?: string;
  readonly log: { readonly level: 'error' | 'warn' | 'info' | 'debug'; readonly file?: string };
}

/** Where things are unless told. */
export const PATHS = {
  config: '/etc/tandem/tandem.yaml',
  key: '/etc/tandem/sync.key',
  socket: '/run/tandem/tandem.sock',
  pins: '/sys/fs/bpf/tandem',
  state: '/run/tandem/state',
  kept: '/var/lib/tandem',
} as const;

/**
 * What must outlive a daemon but not its plane: a folder in memory, named as the whole path of the pins, so that no
 * two planes share one. Pins have no dots, which makes them free to stand for the slashes.
 */
export const stateDirectory = (pins: string): string =>
  join(PATHS.state, relative(dirname(PATHS.pins), pins).replaceAll('/', '.'));
