/** Taking turns, as ip_vs_rr.c and ip_vs_wrr.c do: docs/datapath.md, "Schedulers". */
import type { ServerState } from './rule-book.ts';

/** Turns of one period of weighted round robin. */
const LONGEST_PERIOD = 16_384;

type List = readonly ServerState[];

/** The next open server behind the one that was chosen last. */
export class RoundRobin {
  #last: ServerState | undefined;

  next(list: List): ServerState | undefined {
    const behind = this.#last ? list.indexOf(this.#last) + 1 : 0;
    const chosen = [...list.slice(behind), ...list.slice(0, behind)].find((server) => server.isOpen());
    this.#last = chosen ?? this.#last;
    return chosen;
  }

  /** Behind the last one's predecessor, if that is gone. */
  changed(before: List, now: List): void {
    const at = this.#last ? before.indexOf(this.#last) : -1;
    this.#last = before.slice(0, at + 1).findLast((server) => now.includes(server));
  }
}

/** Walks the list again and again, with a mark that falls: who weighs as much gets a connection. */
export class WeightedRoundRobin {
  #mark = 0;
  /** Where the walk goes on. */
  #at = 0;
  #weights: readonly number[] = [];
  #top = 0;
  #step = 1;

  next(list: List): ServerState | undefined {
    // A whole period without an open server has none.
    for (let walks = 0; walks <= this.#top + 1; ) {
      if (this.#at >= list.length) {
        this.#at = 0;
        this.#mark -= this.#step;
        walks += 1;
      }
      if (this.#mark <= 0) this.#mark = this.#top;
      if (this.#top === 0) return undefined;
      const at = this.#at++;
      const server = list[at];
      if (server?.isOpen() && (this.#weights[at] ?? 0) >= this.#mark) return server;
    }
    return undefined;
  }

  /** After each server that came, changed or went. */
  changed(list: List): void {
    this.#weigh(list);
    this.#at = 0;
    if (this.#mark > this.#top || this.#mark === 0) this.#mark = this.#top;
    else if (this.#step > 1) this.#mark = Math.floor(this.#mark / this.#step) * this.#step + 1;
  }

  /** A service that chooses this for servers that are there. */
  begin(list: List): void {
    this.#weigh(list);
    this.#at = 0;
    this.#mark = this.#top;
  }

  #weigh(list: List): void {
    this.#weights = shortened(list.map(({ weight }) => weight));
    const { step, top } = bounds(this.#weights);
    this.#step = step;
    this.#top = top;
  }
}

function bounds(weights: readonly number[]): { step: number; top: number } {
  const step = weights.reduce(commonDivisor, 0) || 1;
  const greatest = Math.max(0, ...weights);
  return { step, top: Math.max(0, greatest - (step - 1)) };
}

/** A period longer than the plane's table is shortened: the ratio of the weights stays nearly the same. */
function shortened(weights: readonly number[]): readonly number[] {
  const open = weights.filter((weight) => weight > 0);
  const { step } = bounds(open);
  const period = open.reduce((sum, weight) => sum + weight, 0) / step;
  if (period <= LONGEST_PERIOD) return weights;
  const room = LONGEST_PERIOD - open.length;
  return weights.map((weight) =>
    weight === 0 ? 0 : Math.max(1, Math.floor((weight / step / period) * room)),
  );
}

export function commonDivisor(a: number, b: number): number {
  let [greater, smaller] = [a, b];
  while (smaller !== 0) [greater, smaller] = [smaller, greater % smaller];
  return greater;
}
