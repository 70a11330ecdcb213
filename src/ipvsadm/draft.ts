/** What the options of one command line said, before it is one command. */
import type { Family } from '../model/address.ts';
import type { ForwardingMethod, Protocol, Tunnel } from '../model/rules.ts';
import type { SyncDaemon, SyncDirection } from '../model/sync-daemon.ts';
import type { ParsedEndpoint, ParsedLocal } from './endpoint.ts';
import type { Mask } from './netmask.ts';
import type { OptionName } from './options.ts';

export type DraftService =
  | { kind: 'address'; protocol: Protocol; at: ParsedEndpoint; subnetId: number }
  | { kind: 'raw'; at: ParsedEndpoint; subnetId: number }
  | { kind: 'fwmark'; fwmark: number; family: Family };

export interface Draft {
  readonly given: Set<OptionName>;
  service?: DraftService;
  scheduler: string;
  /** Comma-separated, as written. */
  schedulerFlags: string;
  engine: string;
  /** Seconds. */
  persistence: number;
  mask?: Mask;
  establishedTimeout?: number;
  drainingTimeout?: number;
  server?: ParsedEndpoint;
  forwarding: ForwardingMethod;
  weight: number;
  upperThreshold: number;
  lowerThreshold: number;
  tunnelType: Tunnel['type'];
  tunnelPort: number;
  local?: ParsedLocal;
  direction: SyncDirection;
  vlanFlag: boolean;
  daemon: { -readonly [Key in keyof SyncDaemon]?: SyncDaemon[Key] };
}

export function newDraft(): Draft {
  return {
    given: new Set(),
    scheduler: '',
    schedulerFlags: '',
    engine: '',
    // What ipvsadm 1.31 sets for a bare -p; its manual says 300.
    persistence: 360,
    forwarding: 'direct',
    weight: 1,
    upperThreshold: 0,
    lowerThreshold: 0,
    tunnelType: 'ipip',
    tunnelPort: 0,
    direction: 'master',
    vlanFlag: false,
    daemon: {},
  };
}
