/** What a command line asks for. */
import type { RuleEdit } from '../model/edit.ts';
import type { ServiceId } from '../model/rules.ts';
import type { SyncDaemon, SyncDirection } from '../model/sync-daemon.ts';

/** Which columns a list of services has. */
export type Layout = 'plain' | 'stats' | 'rate' | 'thresholds' | 'persistent-conn' | 'tun-info';

export interface ListFormat {
  /** For programs: everything, and numbers only. */
  readonly json: boolean;
  readonly numeric: boolean;
  readonly layout: Layout;
  /** Whole numbers where a column would be cut to K, M, G. */
  readonly exact: boolean;
  readonly sorted: boolean;
}

export interface ConnectionFormat {
  readonly json: boolean;
  readonly numeric: boolean;
  /** Columns for persistence engines. */
  readonly engines: boolean;
}

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  /** `notes` are for stderr: what was understood otherwise than written. */
  | { readonly kind: 'edit'; readonly edit: RuleEdit; readonly notes: readonly string[] }
  | { readonly kind: 'list'; readonly service?: ServiceId; readonly format: ListFormat }
  | { readonly kind: 'list-connections'; readonly format: ConnectionFormat }
  | { readonly kind: 'list-timeouts'; readonly json: boolean }
  | { readonly kind: 'list-daemons'; readonly json: boolean }
  | { readonly kind: 'list-locals'; readonly service?: ServiceId; readonly json: boolean }
  | { readonly kind: 'get-vlanflag'; readonly json: boolean }
  | { readonly kind: 'zero'; readonly service?: ServiceId }
  /** `full`: also what ipvsadm leaves out. */
  | { readonly kind: 'save'; readonly numeric: boolean; readonly full: boolean }
  /** `atomic`: all lines or none. */
  | { readonly kind: 'restore'; readonly atomic: boolean }
  | { readonly kind: 'start-sync'; readonly daemon: SyncDaemon }
  | { readonly kind: 'stop-sync'; readonly direction: SyncDirection }
  /** -A or -E with a scheduler or an engine that no kernel has: said only when the service is not the matter. */
  | { readonly kind: 'no-scheduler'; readonly op: 'add-service' | 'edit-service'; readonly id: ServiceId };

export const PLAIN: ListFormat = {
  json: false,
  numeric: false,
  layout: 'plain',
  exact: false,
  sorted: true,
};
