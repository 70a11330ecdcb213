import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { built } from '../support/build.ts';

/** Its nice value, and that of its session's group where the kernel has such groups. */
const SAY = `
  import { goBefore } from '${pathToFileURL(built('host/priority.js')).href}';
  import { readFileSync } from 'node:fs';
  import { getPriority } from 'node:os';
  goBefore(-5);
  let group = '';
  try { group = readFileSync('/proc/self/autogroup', 'utf8').trim().split(' ').at(-1); } catch {}
  console.log(getPriority(), group);`;

async function said(detached: boolean): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', SAY], {
    detached,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return line.toString().trim();
}

const grouped = existsSync('/proc/self/autogroup');

test('a process that leads its session goes before others with all of it', async () => {
  expect(await said(true)).toBe(grouped ? '-5 -5' : '-5');
});

test('a process in the session of another leaves that session as it is', async () => {
  const before = await said(false);
  expect(before.split(' ')[0]).toBe('-5');
  expect(before.split(' ')[1]).not.toBe('-5');
});
