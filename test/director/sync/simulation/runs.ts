/** Runs of the simulation, one seed after the other. */
import { World } from './world.ts';

const EVERY = 5000;

/** @throws Error with the seed that failed, and the story of that run */
export async function simulate(first: number, runs: number): Promise<void> {
  for (let done = 0; done < runs; done++) {
    await run(first + done);
    if (runs > EVERY && (done + 1) % EVERY === 0) console.log(`${done + 1} runs agree`);
  }
}

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
