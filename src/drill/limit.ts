/** How long a takeover may last: printed beside the measured time, never part of `passed`. */

import { masterDown } from '../vrrp/timing.ts';

/** Scheduling, the announcement and the first packet's way, on a busy small machine. */
const SLACK_MS = 90;

export const masterDownMs = (advertMs: number, priority: number): number =>
  masterDown(priority, advertMs * 1000) / 1000;

export const limitMs = (advertMs: number, priority: number): number =>
  Math.floor(masterDownMs(advertMs, priority) + SLACK_MS);
