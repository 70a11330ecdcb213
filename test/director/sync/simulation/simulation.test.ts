import { expect, test } from 'vitest';
import { simulate } from './runs.ts';

/** `npm run test:simulation` does 100,000; SIMULATION_SEED repeats one. */
const SEED = process.env.SIMULATION_SEED;
const RUNS = SEED === undefined ? 150 : 1;

test('directors agree in the end, on what was said, whatever happened to them and to the network', async () => {
  const first = SEED === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(SEED);
  await expect(simulate(first, RUNS)).resolves.toBeUndefined();
}, 300_000);
