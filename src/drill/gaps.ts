/** Gaps between answers: how long a stream was silent. */

export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly ms: number;
}

const NONE: Gap = { from: 0, to: 0, ms: 0 };

/** The longest silence between two neighbours of an ordered series of times; all zero for fewer than two. */
export function longestGap(times: readonly number[]): Gap {
  let longest = NONE;
  for (let i = 1; i < times.length; i++) {
    const from = times[i - 1] ?? 0;
    const to = times[i] ?? 0;
    if (to - from > longest.ms) longest = { from, to, ms: to - from };
  }
  return longest;
}

/** Of a stream that is sent every `everyMs`: the time without service, never negative, to 0.1 ms. */
export const outageMs = (times: readonly number[], everyMs = 1): number =>
  Math.max(0, tenth(longestGap(times).ms - everyMs));

export const tenth = (value: number): number => Math.round(value * 10) / 10;
