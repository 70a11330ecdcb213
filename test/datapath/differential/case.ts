/** A case of the differential test: everything that both planes need to go through the same, as plain data. */
import type { TableRecord } from '../../../src/datapath/reference/table-record.ts';
import type { RuleEdit } from '../../../src/model/edit.ts';
import type { IpvsOptions } from '../../../src/model/ipvs-options.ts';

export type Arm = 'front' | 'back';

export type Step =
  /** @property hex the frame, with Ethernet's header */
  | { readonly do: 'packet'; readonly arm: Arm; readonly hex: string }
  /** Seconds go by. */
  | { readonly do: 'age'; readonly seconds: number }
  | { readonly do: 'sweep' }
  | { readonly do: 'announce-all' }
  | { readonly do: 'fence'; readonly open: boolean; readonly term: number; readonly stale: boolean }
  | { readonly do: 'sync-lease'; readonly state: 'none' | 'valid' | 'over' }
  | { readonly do: 'apply'; readonly records: readonly TableRecord[] }
  | { readonly do: 'edit'; readonly edits: readonly RuleEdit[] };

export interface Setup {
  readonly edits: readonly RuleEdit[];
  readonly director: number;
  readonly localPorts: readonly [number, number];
  readonly ipvs: IpvsOptions;
}

export interface Case {
  readonly setup: Setup;
  readonly steps: readonly Step[];
}

/** A case that was a divergence once. */
export interface Fixture extends Case {
  /** What the planes disagreed about. */
  readonly about: string;
}

/** What a plane did with a packet, in words that both have. */
export interface Outcome {
  /** Of XDP. */
  readonly verdict: number;
  /** Absent when it was dropped. */
  readonly frame?: Buffer;
}

/** A connection in the words that both planes have. Versions follow the clock, and are compared apart. */
export interface TableLine {
  readonly text: string;
  readonly version: number;
}

export interface Told {
  readonly text: string;
  readonly version: number;
}

/** What is the same on both planes after a case. */
export interface State {
  readonly table: ReadonlyMap<string, TableLine>;
  readonly counters: string;
}

/** A plane under test. */
export interface Side {
  begin(setup: Setup): void;
  packet(arm: Arm, frame: Buffer): Outcome;
  /** Every step but packets. */
  act(step: Exclude<Step, { do: 'packet' }>): void;
  /** What it told the sync worker since it was asked last. */
  told(): Told[];
  state(): State;
}
