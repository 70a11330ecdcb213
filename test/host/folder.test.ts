import { spawnSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '../../src/host/folder.ts';
import { built } from '../support/build.ts';
import { scratch } from '../support/scratch.ts';

test('a folder is made with those above it, and one that is there is left', () => {
  const folder = join(scratch(), 'a', 'b');
  makeFolder(folder);
  makeFolder(folder);
  expect(statSync(folder).isDirectory()).toBe(true);
});

test('a folder below a file is refused', () => {
  const file = join(scratch(), 'file');
  writeFileSync(file, '');
  expect(() => makeFolder(join(file, 'a', 'b'))).toThrow('ENOTDIR');
});

test('a folder where the kernel makes none is refused, not tried for ever', () => {
  // In a process of its own: what spins cannot be interrupted from inside.
  const make = `(await import('${built('host/folder.js')}')).makeFolder('/proc/nope/deeper')`;
  const { status, signal, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', make], {
    encoding: 'utf8',
    timeout: 10_000,
    killSignal: 'SIGKILL',
  });
  expect(stderr).toContain("ENOENT: no such file or directory, mkdir '/proc/nope'");
  expect({ status, signal }).toEqual({ status: 1, signal: null });
});
