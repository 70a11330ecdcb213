import { expect, test } from 'vitest';
import { World } from './world.ts';

/** `npm run test:simulation` asks for 100,000; SIMULATION_SEED repeats one. */
const RUNS = Number(process.env.SIMULATION_RUNS ?? 150);
const SEED = process.env.SIMULATION_SEED;
const EVERY = 5000;

async function run(seed: number): Promise<void> {
  const world = new World(seed);
  try {
    await world.run();
  } catch (error) {
    throw new Error(
      `SIMULATION_SEED=${seed}: ${error instanceof Error ? error.message : error}\n${world.story.join('\n')}`,
      { cause: error },
    );
  }
}

test(
  'directors agree in the end, on what was said, whatever happened to them and to the network',
  async () => {
    const first = SEED === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(SEED);
    const runs = SEED === undefined ? RUNS : 1;
    for (let done = 0; done < runs; done++) {
      await run(first + done);
      if (runs > EVERY && (done + 1) % EVERY === 0) console.log(`${done + 1} runs agree`);
    }
    console.log(`simulation: ${runs} runs, seeds from ${first} on`);
    expect(runs).toBeGreaterThan(0);
  },
  24 * 3_600_000,
);
