/** What the traffic generators report; the drill reads the same shapes. */
import type { ArpRecord } from '../answerers.ts';

export interface Target {
  readonly host: string;
  readonly port: number;
}

export interface UdpDone {
  readonly kind: 'done';
  readonly sent: number;
  /** Arrival of each answer, in order, milliseconds of the common clock. */
  readonly answers: readonly number[];
  /** When each packet that nobody answered was sent. */
  readonly lost: readonly number[];
  /** Answers that came more than once: two directors forwarded the same packet. */
  readonly repeated: number;
  /** The longest time in which this process itself was not served, in ms: the error of its gaps. */
  readonly ownPause: number;
}

/** Counts of long-lived connections. */
export interface Survival {
  readonly established: number;
  readonly survived: number;
  readonly lost: number;
  /** What happened to the lost ones, in words; not all of them when there are many. */
  readonly troubles: readonly string[];
}

export interface EchoDone extends Survival {
  readonly kind: 'done';
  readonly messages: number;
}

export interface HttpDone extends Survival {
  readonly kind: 'done';
  readonly requests: { readonly sent: number; readonly failed: number };
}

export interface OpenerDone {
  readonly kind: 'done';
  readonly attempts: number;
  /** When each new connection had its first answer, in order. */
  readonly opened: readonly number[];
}

/** Troubles that are reported in words; the rest is only counted. */
export const TROUBLES_MAX = 10;

export interface WatchDone {
  readonly kind: 'done';
  readonly arp: ArpRecord;
}
