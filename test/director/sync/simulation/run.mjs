// npm run test:simulation: 100,000 runs of the simulation (or SIMULATION_RUNS, from SIMULATION_SEED on), shared out to the
// machine's processors. Bundled, because a test runner's way to load modules costs half of the time.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const RUNS = Number(process.env.SIMULATION_RUNS ?? 100_000);
const first = Number(process.env.SIMULATION_SEED ?? Math.floor(Math.random() * 2 ** 31));
const shares = availableParallelism();
const root = join(import.meta.dirname, '../../../..');
// Beside the modules that it leaves out.
const folder = mkdtempSync(join(root, 'node_modules/.simulation-'));

async function bundled() {
  const bundle = await rolldown({
    input: join(import.meta.dirname, 'runs.ts'),
    platform: 'node',
    external: [/^node:/, /^koffi$/],
    logLevel: 'silent',
  });
  const { output } = await bundle.generate({ format: 'esm' });
  const program = join(folder, 'runs.mjs');
  writeFileSync(
    program,
    `${output[0].code}\nawait simulate(Number(process.argv[2]), Number(process.argv[3]));\n`,
  );
  return program;
}

/** Whether a share of the runs went well. */
function share(program, index) {
  const from = Math.floor((RUNS * index) / shares);
  const runs = Math.floor((RUNS * (index + 1)) / shares) - from;
  const args = [program, String(first + from), String(runs)];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  return new Promise((resolve) => child.on('exit', (code) => resolve(code === 0)));
}

const began = performance.now();
try {
  const program = await bundled();
  const results = await Promise.all(Array.from({ length: shares }, (_, index) => share(program, index)));
  const passed = results.every(Boolean);
  const seconds = Math.round((performance.now() - began) / 1000);
  const verdict = passed ? 'all agree' : 'FAILED';
  console.log(`simulation: ${RUNS} runs, seeds from ${first} on: ${verdict}, ${seconds} s`);
  process.exitCode = passed ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
