/** Takes both planes through a case, and says where they first disagree. */
import { bootTimeUs } from '../../../src/native/clock.ts';
import { TestNamespace } from '../../support/namespace.ts';
import type { Arm, Case, Outcome, Setup, State, Step, TableLine } from './case.ts';
import { CONNECTIONS } from './constants.ts';
import { buildPlaces, modelOf } from './places.ts';
import { ReferenceSide } from './reference-side.ts';
import { XdpSide } from './xdp-side.ts';

const US_PER_MS = 1000;
const US_PER_S = 1_000_000;
const MOST_TRIES = 50;
/** Of the coarse clock, generously. */
const TICK = 0.012 * US_PER_S;
/** A case that is not over in the second in which it began says nothing: times are compared by the second. */
const LATEST_BEGIN = 0.85 * US_PER_S;
const LATEST_END = 0.99 * US_PER_S;
/** And it does not begin in a second's first moments: the coarse clock is behind by a tick. */
const EARLIEST_BEGIN = 0.02 * US_PER_S;
/** Steps of a case: the tables and counters are compared when it is over. */
export const LONGEST = 120;

export interface Divergence {
  /** The step after which they differ. */
  readonly at: number;
  readonly what: string;
  readonly xdp: string;
  readonly reference: string;
}

export type Result = Divergence | 'equal' | 'too slow';

/** What gives the next step, and hears what the plane sent. */
export interface Source {
  next(at: number): Step | undefined;
  observe(frame: Buffer | undefined): void;
}

export class Duel {
  readonly xdp: XdpSide;
  readonly macs: Readonly<Record<Arm, Uint8Array>>;
  /** How often each thing that has a counter has happened in cases that were gone through. */
  readonly reached = new Map<string, number>();
  readonly #namespace: TestNamespace;
  readonly #reference: ReferenceSide;

  constructor(label: string) {
    this.#namespace = new TestNamespace(label);
    try {
      const arms = buildPlaces();
      this.macs = { front: arms.front.mac, back: arms.back.mac };
      this.xdp = new XdpSide(this.#namespace.pins, arms);
      const clocks = { idle: idleUs, boot: bootTimeUs };
      this.#reference = new ReferenceSide(arms, modelOf(arms), CONNECTIONS, clocks);
    } catch (error) {
      this.#namespace.remove();
      throw error;
    }
  }

  /** A case as it was written down. It is gone through again when the machine was too slow. */
  replay({ setup, steps }: Case): Divergence | undefined {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const result = this.run(setup, { next: (at) => steps[at], observe: () => {} });
      if (result === 'too slow') continue;
      return result === 'equal' ? undefined : result;
    }
    throw new Error(`this machine is too slow for ${steps.length} steps`);
  }

  run(setup: Setup, source: Source): Result {
    waitForEarlySecond();
    this.xdp.begin(setup);
    const began = idleUs();
    const bootMs = Math.floor(bootTimeUs() / US_PER_MS);
    this.#reference.begin(setup);
    const versions = new Versions();
    let at = 0;
    let found: Divergence | undefined;
    for (; !found; at++) {
      const step = source.next(at);
      if (!step) break;
      found = this.#step(step, at, versions, source);
    }
    found ??= this.#compareStates(at, versions);
    const end = idleUs();
    if (crossesMoment(began, end)) return 'too slow';
    if (found) return found;
    const spread = Math.ceil(bootTimeUs() / US_PER_MS) - bootMs + 1;
    return versions.check(spread, at) ?? 'equal';
  }

  remove(): void {
    this.xdp.close();
    this.#namespace.remove();
  }

  #step(step: Step, at: number, versions: Versions, source: Source): Divergence | undefined {
    if (step.do !== 'packet') {
      this.xdp.act(step);
      this.#reference.act(step);
      return this.#compareTold(at, versions);
    }
    const frame = Buffer.from(step.hex, 'hex');
    const xdp = this.xdp.packet(step.arm, frame);
    const reference = this.#reference.packet(step.arm, frame, xdp.frame);
    source.observe(reference.verdict === 4 ? reference.frame : undefined);
    if (xdp.verdict !== reference.verdict || !sameFrame(xdp, reference))
      return { at, what: 'packet', xdp: outcomeText(xdp), reference: outcomeText(reference) };
    return this.#compareTold(at, versions);
  }

  #compareTold(at: number, versions: Versions): Divergence | undefined {
    const [xdp, reference] = [this.xdp.told(), this.#reference.told()].map((lines) => lines.toSorted(byText));
    if (!xdp || !reference || (xdp.length === 0 && reference.length === 0)) return undefined;
    const texts = [xdp, reference].map((lines) => lines.map(({ text }) => text).join('\n'));
    if (texts[0] !== texts[1]) return { at, what: 'told', xdp: texts[0] ?? '', reference: texts[1] ?? '' };
    xdp.forEach((line, index) => {
      versions.see(line, reference[index]);
    });
    return undefined;
  }

  #compareStates(at: number, versions: Versions): Divergence | undefined {
    const [xdp, reference] = [this.xdp.state(), this.#reference.state()];
    const found = compareTables(xdp, reference, versions);
    if (found) return { at, what: 'table', ...found };
    for (const [, name = '', count] of reference.counters.matchAll(/^(?:drop|event) (\w+) (\d+)$/gm))
      this.reached.set(name, (this.reached.get(name) ?? 0) + Number(count));
    if (xdp.counters === reference.counters) return undefined;
    return { at, what: 'counters', xdp: xdp.counters, reference: reference.counters };
  }
}

/** A version is the millisecond in which it was made: the reference's clock stands still. */
class Versions {
  readonly #seen: Array<readonly [TableLine, TableLine]> = [];

  see(xdp: TableLine, reference: TableLine | undefined): void {
    if (reference) this.#seen.push([xdp, reference]);
  }

  check(spread: number, at: number): Divergence | undefined {
    for (const [xdp, reference] of this.#seen) {
      const ahead = (xdp.version - reference.version) | 0;
      if (ahead < 0 || ahead > spread)
        return {
          at,
          what: `version of ${xdp.text}`,
          xdp: `${xdp.version}`,
          reference: `${reference.version}`,
        };
    }
    return undefined;
  }
}

/** Whether so much time went by that what is counted in seconds, or in thirds of a timeout, may have changed meanwhile. */
function crossesMoment(began: number, end: number): boolean {
  const [from, to] = [(began % US_PER_S) - TICK, (began % US_PER_S) + (end - began)];
  return (
    to > LATEST_END || [1, 2].some((third) => from < (third * US_PER_S) / 3 && (third * US_PER_S) / 3 < to)
  );
}

function compareTables(xdp: State, reference: State, versions: Versions) {
  for (const [name, line] of xdp.table) {
    const other = reference.table.get(name);
    if (line.text !== other?.text)
      return { xdp: `${name}: ${line.text}`, reference: `${name}: ${other?.text}` };
    versions.see(line, other);
  }
  const missing = [...reference.table].find(([name]) => !xdp.table.has(name));
  return missing
    ? { xdp: `${missing[0]}: undefined`, reference: `${missing[0]}: ${missing[1].text}` }
    : undefined;
}

function sameFrame(one: Outcome, other: Outcome): boolean {
  if (!one.frame || !other.frame) return one.frame === other.frame;
  return one.frame.equals(other.frame);
}

const VERDICT_NAME = ['aborted', 'drop', 'pass', 'tx', 'redirect'] as const;

function outcomeText({ verdict, frame }: Outcome): string {
  return `${VERDICT_NAME[verdict]} ${frame?.toString('hex') ?? ''}`;
}

function byText(one: TableLine, other: TableLine): number {
  return one.text < other.text ? -1 : 1;
}

/** Microseconds of the clock that the plane counts idle times by. */
function idleUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

function waitForEarlySecond(): void {
  const phase = idleUs() % US_PER_S;
  if (phase < EARLIEST_BEGIN) Atomics.wait(sleeper, 0, 0, Math.ceil((EARLIEST_BEGIN - phase) / US_PER_MS));
  if (phase > LATEST_BEGIN)
    Atomics.wait(sleeper, 0, 0, Math.ceil((US_PER_S + EARLIEST_BEGIN - phase) / US_PER_MS));
}
