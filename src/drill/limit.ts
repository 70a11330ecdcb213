/** How long a takeover may last: printed beside the measured time, never part of `passed`. */

/** Scheduling, the announcement and the first packet's way, on a busy small machine. */
const SLACK_MS = 90;

/** RFC 9568 6.1: Skew_Time = ((256 - priority) * Master_Adver_Interval) / 256, Master_Down = 3 A + skew. */
export const masterDownMs = (advertMs: number, priority: number): number =>
  3 * advertMs + ((256 - priority) * advertMs) / 256;

export const limitMs = (advertMs: number, priority: number): number =>
  Math.floor(masterDownMs(advertMs, priority) + SLACK_MS);
