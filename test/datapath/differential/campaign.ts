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
/** Who finds more than these has found enough. */
const MOST_FOUND = 3;

/** @param progress called now and then with the packets so far */
export function campaign(
  duel: Duel,
  seed: number,
  wanted: number,
  progress: (packets: number) => void = () => {},
): Outcome {
  const random = new Random(seed);
  const divergences: Found[] = [];
  let packets = 0;
  let sequences = 0;
  let setup = randomSetup(random);
  while (packets < wanted && divergences.length < MOST_FOUND) {
    if (sequences % PER_SETUP === 0) setup = randomSetup(random);
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
    if (result === 'too slow') continue;
    sequences += 1;
    packets += steps.filter((step) => step.do === 'packet').length;
    if (sequences % 1000 === 0) progress(packets);
    if (result !== 'equal') divergences.push({ setup, steps, divergence: result });
  }
  return { packets, sequences, divergences };
}
