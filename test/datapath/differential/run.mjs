// npm run test:differential -- [--packets N] [--seed N]: so many random packets through both planes.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const USAGE = 'usage: npm run test:differential -- [--packets N] [--seed N]';

function readOptions() {
  try {
    const options = { packets: { type: 'string' }, seed: { type: 'string' } };
    const { packets = '1000000', seed } = parseArgs({ options }).values;
    for (const value of [packets, seed ?? '0'])
      if (!/^\d{1,10}$/.test(value)) throw new Error(`"${value}" is no number`);
    return { packets, seed };
  } catch (error) {
    console.error(`test:differential: ${error.message}; ${USAGE}`);
    process.exit(2);
  }
}

const { packets, seed = String(Date.now() % 2 ** 32) } = readOptions();
const root = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'tandem-differential-'));
const result = join(folder, 'result');
console.log(`differential: seed ${seed}`);
const env = {
  ...process.env,
  DIFFERENTIAL_PACKETS: packets,
  DIFFERENTIAL_SEED: seed,
  DIFFERENTIAL_RESULT: result,
};
const args = ['node_modules/vitest/vitest.mjs', 'run', 'test/datapath/differential', '--silent=false'];
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env });
try {
  console.log(readFileSync(result, 'utf8'));
} catch {
  console.log(`differential: did not end; seed ${seed}`);
}
rmSync(folder, { recursive: true });
process.exit(status ?? 1);
