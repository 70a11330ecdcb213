/** What happened when, on the clock that all processes of the drill share. */
import { tenth } from './gaps.ts';
import type { TimelineEntry } from './result.ts';

export class Timeline {
  readonly #entries: { at: number; event: string }[] = [];
  readonly #listener: (event: string) => void;
  #fault: number | undefined;

  /** @param listener is told each event as it is noted */
  constructor(listener: (event: string) => void) {
    this.#listener = listener;
  }

  /** @param at milliseconds of CLOCK_MONOTONIC */
  note(event: string, at: number): void {
    this.#entries.push({ at, event });
    this.#listener(event);
  }

  /** Notes the moment from which all times are counted. */
  fault(event: string, at: number): void {
    this.#fault = at;
    this.note(event, at);
  }

  get faultAt(): number | undefined {
    return this.#fault;
  }

  /** In order of time, relative to the fault, or to the first event when there was no fault. */
  entries(): TimelineEntry[] {
    const zero = this.#fault ?? this.#entries[0]?.at ?? 0;
    return this.#entries
      .map(({ at, event }) => ({ at_ms: tenth(at - zero), event }))
      .sort((a, b) => a.at_ms - b.at_ms);
  }
}
