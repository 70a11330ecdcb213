/** Many random cases, one after the other, until so many packets have gone through both planes. */
import { Random } from '../../support/random.ts';
import type { Case, Step } from './case.ts';
import { type Divergence, type Duel, LONGEST } from './duel.ts';
import { randomSetup } from './rules.ts';
import { Traffic } from './traffic.ts';

export interface Outcome {
  readonly packets: number;
  readonly sequences: number;
  readonly divergences: readonly Found[];
}

export interface Found extends Case {
  readonly divergence: Divergence;
}

/** Sequences that share a rule set. */
const PER_SETUP = 10;
const MOST_TRIES = 8;
/** Who finds more than these has found enough. */
const MOST_FOUND = 3;

/** Each sequence has a seed of its own: one that is begun anew is the same, and so are all after it. */
function randomOf(seed: number, index: number): Random {
  return new Random((seed + Math.imul(index, 0x9e3779b1)) >>> 0);
}

/** @param progress called now and then with the packets so far */
export function campaign(
  duel: Duel,
  seed: number,
  wanted: number,
  progress: (packets: number) => void = () => {},
): Outcome {
  const divergences: Found[] = [];
  let packets = 0;
  let sequences = 0;
  let index = 0;
  let tries = 0;
  while (packets < wanted && divergences.length < MOST_FOUND) {
    const setup = randomSetup(randomOf(seed, Math.floor(index / PER_SETUP) * 2));
    const random = randomOf(seed, index * 2 + 1);
    const steps: Step[] = [{ do: 'fence', open: true, term: 1, stale: false }];
    const length = random.between(5, LONGEST);
    const traffic = new Traffic(setup, duel.macs, random);
    const result = duel.run(setup, {
      next: (at) => {
        if (at === 0) return steps[0];
        if (at > length) return undefined;
        const step = traffic.next();
        steps.push(step);
        return step;
      },
      observe: (frame) => traffic.observe(frame),
    });
    // The same again; one that never fits between two moments is left out.
    tries += 1;
    if (result === 'too slow' && tries < MOST_TRIES) continue;
    tries = 0;
    index += 1;
    if (result === 'too slow') continue;
    sequences += 1;
    packets += steps.filter((step) => step.do === 'packet').length;
    if (sequences % 1000 === 0) progress(packets);
    if (result !== 'equal') divergences.push({ setup, steps, divergence: result });
  }
  return { packets, sequences, divergences };
}
