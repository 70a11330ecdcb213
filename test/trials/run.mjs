// Runs one trial by its name: `npm run trial -- NAME`; without a name it says which there are.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const names = readdirSync(here)
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => file.replace('.test.ts', ''));
const [name, ...more] = process.argv.slice(2);
if (!names.includes(name)) {
  console.error(`trial: ${name ? `there is no trial "${name}": ` : ''}choose one of ${names.join(', ')}`);
  process.exit(2);
}
const root = join(here, '../..');
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const config = join(here, 'vitest.config.ts');
const args = [vitest, 'run', '--config', config, `test/trials/${name}.test.ts`, ...more];
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
