/** What a drill prints with --json: names and shapes are an interface that programs read. */

export const SCENARIO_NAMES = ['crash', 'kill', 'restart', 'handover', 'double-crash', 'split'] as const;
export type ScenarioName = (typeof SCENARIO_NAMES)[number];

export interface TimelineEntry {
  /** Milliseconds after the fault; negative before it. */
  readonly at_ms: number;
  readonly event: string;
}

export interface Check {
  readonly name: string;
  readonly passed: boolean;
  readonly detail: string;
}

export interface DrillResult {
  readonly scenario: ScenarioName;
  readonly passed: boolean;
  readonly connections: { readonly established: number; readonly survived: number; readonly lost: number };
  readonly requests: { readonly sent: number; readonly failed: number };
  /** The longest gap between answers of a UDP echo sent every millisecond, less 1. */
  readonly outage_ms: number;
  /** From the fault to the survivor's first advertisement; null when there was none, or none is wanted. */
  readonly detection_ms: number | null;
  readonly limit_ms: number;
  readonly packets: { readonly sent: number; readonly lost: number };
  readonly timeline: readonly TimelineEntry[];
  readonly checks: readonly Check[];
}

/** What the report draws beside the result: milliseconds after the fault. */
export interface DrillTrace {
  readonly answers: readonly number[];
  readonly lost: readonly number[];
}

export interface DrillRecord {
  readonly result: DrillResult;
  readonly trace: DrillTrace;
}

export class DrillError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DrillError';
  }
}
