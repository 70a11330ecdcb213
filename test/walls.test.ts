import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** From the cellar to the roof: a room imports only from rooms before it, or from itself. */
const ROOMS = [
  'model',
  'wire',
  'vrrp',
  'sync',
  'native',
  'datapath',
  'host',
  'director',
  'control',
  'ipvsadm',
  'config',
  'lab',
  'drill',
  'cli',
];
const source = fileURLToPath(new URL('../src', import.meta.url));

test('imports between rooms run one way', () => {
  const wrong: string[] = [];
  for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const room = file.split('/')[0] ?? '';
    expect(ROOMS, `src/${file} stands in no room`).toContain(room);
    const text = readFileSync(join(source, file), 'utf8');
    for (const [, target = ''] of text.matchAll(/from '(\.[^']*)'/g)) {
      const imported = join(file, '..', target).split('/')[0] ?? '';
      if (ROOMS.indexOf(imported) > ROOMS.indexOf(room)) wrong.push(`${file} imports ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('only native/ imports koffi', () => {
  const wrong = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('native/'))
    .filter((file) => /from 'koffi'/.test(readFileSync(join(source, file), 'utf8')));
  expect(wrong).toEqual([]);
});
