/** Some of what `npm run trial -- answerers` does: one answerer for each floating address, whatever happens. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { frozen, killed, upgrade } from '../support/answer-scenarios.ts';
import { Answering } from '../support/answering.ts';

let pair: Answering;
beforeAll(async () => {
  pair = await Answering.up(100);
});
afterAll(async () => {
  expect(await pair.down()).toEqual([]);
});

test.each([upgrade, frozen(1500), killed].map((each) => [each.name, each] as const))(
  '%s of the master',
  async (_, scenario) => {
    const { violations, rows } = await pair.perform(scenario);
    expect(violations, JSON.stringify(rows)).toEqual([]);
  },
  90_000,
);
