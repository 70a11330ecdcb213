/**
 * Every floating address is asked for each millisecond, by ARP, through all that can happen to a master. Two answer at
 * once only in a true split, and not after it has healed for a master-down interval.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as scenarios from '../support/answer-scenarios.ts';
import { Answering, type Scenario } from '../support/answering.ts';
import { report } from '../support/report.ts';

const ADVERT_MS = Number(process.env.TRIAL_ADVERT_MS ?? 100);
const FROZEN_MS = Number(process.env.TRIAL_FROZEN_MS ?? 30_000);

const ALL: readonly Scenario[] = [
  scenarios.crash,
  scenarios.killed,
  scenarios.frozen(FROZEN_MS),
  scenarios.starved(8000),
  scenarios.outranked(8000),
  scenarios.flapping([50, 300, 2000]),
  scenarios.deaf('lb1'),
  scenarios.deaf('lb2'),
  scenarios.deaf('lb1', 'front'),
  scenarios.deaf('lb2', 'front'),
  scenarios.upgrade,
  scenarios.split,
];
const ONLY = process.env.TRIAL_ONLY;

let pair: Answering;
beforeAll(async () => {
  pair = await Answering.up(ADVERT_MS);
});
afterAll(async () => {
  expect(await pair.down()).toEqual([]);
});

test.each(ALL.filter(({ name }) => !ONLY || name.includes(ONLY)).map((each) => [each.name, each] as const))(
  '%s',
  async (_, scenario) => {
    const { name, violations, rows } = await pair.perform(scenario);
    report(`answerers: ${name}`, rows);
    expect(violations).toEqual([]);
  },
);
