/** Who answered ARP for the VIP, and whether ever two did (design I2). */

/** Answers of one director without another's between them. */
export interface AnswerRun {
  readonly mac: string;
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface ArpRecord {
  readonly asked: number;
  readonly runs: readonly AnswerRun[];
  /** Questions that two directors answered. */
  readonly doubles: number;
  /** When the second answer to each of those came. */
  readonly doubledAt?: readonly number[];
}

/** A time in which both directors must answer, because neither can know of the other. */
export interface Contest {
  readonly from: number;
  readonly to: number;
}

/** Runs that are told in words; more than two are a violation, and each is like the ones before. */
const RUNS_TOLD = 4;

export interface Verdict {
  readonly passed: boolean;
  readonly detail: string;
}

/** Collects answers in the order in which they came. */
export class AnswerLog {
  readonly #runs: { mac: string; from: number; to: number; count: number }[] = [];
  /** Who answered each question first. */
  readonly #first = new Map<number, string>();
  readonly #doubledAt: number[] = [];

  /** @param question number of the question that this answers */
  add(question: number, mac: string, at: number): void {
    const run = this.#runs.at(-1);
    if (run?.mac === mac) {
      run.to = at;
      run.count++;
    } else {
      this.#runs.push({ mac, from: at, to: at, count: 1 });
    }
    const before = this.#first.get(question);
    if (before === undefined) this.#first.set(question, mac);
    else if (before !== mac) this.#doubledAt.push(at);
  }

  record(asked: number): ArpRecord {
    const doubledAt = this.#doubledAt;
    return { asked, runs: this.#runs, doubles: doubledAt.length, doubledAt };
  }
}

/** The record without what was answered during a contest. */
export function outside(record: ArpRecord, { from, to }: Contest): ArpRecord {
  const runs: AnswerRun[] = [];
  for (const run of record.runs) {
    if (run.from >= from && run.to <= to) continue;
    const last = runs.at(-1);
    if (last?.mac === run.mac) runs.splice(-1, 1, { ...last, to: run.to, count: last.count + run.count });
    else runs.push(run);
  }
  const doubledAt = (record.doubledAt ?? []).filter((at) => at < from || at > to);
  return { asked: record.asked, runs, doubles: doubledAt.length, doubledAt };
}

/**
 * Holds when the directors answered one after the other in exactly this order. An answer of the old one
 * after the first of the new one makes a third run.
 * @param expected MAC addresses; `names` says them for people
 */
export function oneAnswerer(
  { asked, runs, doubles }: ArpRecord,
  expected: readonly string[],
  names: ReadonlyMap<string, string>,
): Verdict {
  const told = runs.slice(0, RUNS_TOLD).map(({ mac, count }) => `${names.get(mac) ?? mac} ${count} times`);
  const more = runs.length > RUNS_TOLD ? [`${runs.length - RUNS_TOLD} changes more`] : [];
  const said = [...told, ...more].join(', then ');
  const order = runs.length === expected.length && runs.every(({ mac }, i) => mac === expected[i]);
  const both = doubles > 0 ? `; ${doubles} questions answered by both` : '';
  return {
    passed: order && doubles === 0,
    detail: `asked ${asked} times; answered by ${said || 'nobody'}${both}`,
  };
}
