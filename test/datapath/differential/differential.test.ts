/**
 * The XDP plane against the reference: what was a divergence once, and random packets. `npm run test:differential` sends
 * many more.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { campaign } from './campaign.ts';
import type { Fixture } from './case.ts';
import { Duel } from './duel.ts';
import { fixtureText, tell } from './report.ts';
import { shrunk } from './shrink.ts';

/** Enough for a steady median. */
const RUNS = 2001;
const FIXTURES = join(import.meta.dirname, 'fixtures');
const { DIFFERENTIAL_PACKETS = '15000', DIFFERENTIAL_SEED, DIFFERENTIAL_RESULT } = process.env;
const seed = DIFFERENTIAL_SEED === undefined ? Date.now() >>> 0 : Number(DIFFERENTIAL_SEED);

let duel: Duel;
beforeAll(() => {
  duel = new Duel('differential');
});
afterAll(() => duel.remove());

const fixtures = readdirSync(FIXTURES)
  .filter((name) => name.endsWith('.json'))
  .map((name): [string, Fixture] => [name, JSON.parse(readFileSync(join(FIXTURES, name), 'utf8'))]);

test.each(fixtures)('the planes agree on %s', (_, fixture) => {
  expect(duel.replay(fixture), fixture.about).toBeUndefined();
});

/** What their last packet costs XDP, with its connection in the table. */
test('the fixtures end with a packet that can be measured', () => {
  for (const [name, fixture] of fixtures) {
    const last = fixture.steps.findLast((step) => step.do === 'packet');
    expect(last, name).toBeDefined();
    if (!last) continue;
    duel.replay(fixture);
    const ns = duel.xdp.measure(last.arm, Buffer.from(last.hex, 'hex'), RUNS);
    tell(`  ${name.replace('.json', '').padEnd(48)} ${ns} ns`);
  }
});

test('the planes agree on random packets', { timeout: 3_600_000 }, () => {
  tell(`differential: seed ${seed}`);
  const outcome = campaign(duel, seed, Number(DIFFERENTIAL_PACKETS), (packets) =>
    tell(`  ${packets} packets`),
  );
  const { packets, sequences, divergences } = outcome;
  tell(`  reached: ${[...duel.reached].map(([name, count]) => `${name} ${count}`).join(', ')}`);
  for (const found of divergences) {
    const small = shrunk(duel, found);
    tell(fixtureText(small, duel.replay(small) ?? found.divergence));
  }
  const total = `differential: ${packets} packets, ${sequences} sequences, ${divergences.length} divergences`;
  tell(total);
  // The last line of npm run test:differential.
  if (DIFFERENTIAL_RESULT !== undefined) writeFileSync(DIFFERENTIAL_RESULT, `${total} (seed ${seed})`);
  expect(divergences.length, `with seed ${seed}`).toBe(0);
});
