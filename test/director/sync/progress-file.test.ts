import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { ProgressFile, readProgress } from '../../../src/director/sync/progress-file.ts';
import { scratch } from '../../support/scratch.ts';

let directory: string;
let path: string;

beforeEach(() => {
  directory = scratch();
  path = join(directory, 'run', 'sync.progress');
});

const sent = { epoch: 1_790_000_000_000, sequence: 7 };
const held = { sender: 9, epoch: 1_790_000_000_001, sequence: 2 ** 48 };

test('what was written last is read by the next daemon', () => {
  const file = new ProgressFile(path, {});
  file.update({ sent: { epoch: 1, sequence: 123_456_789 } });
  file.update({ held });
  file.update({ sent });
  expect(readProgress(path)).toEqual({ sent, held });
  file.update({ held: undefined });
  expect(readProgress(path)).toEqual({ sent });
  file.close();
});

test('a daemon that sends nothing leaves what the one before it left', () => {
  new ProgressFile(path, { sent, held }).close();
  expect(readProgress(path)).toEqual({ sent, held });
});

test('every state of the file has the same length, so that no write mixes two', () => {
  const file = new ProgressFile(path, {});
  const { size } = statSync(path);
  const most = Number.MAX_SAFE_INTEGER;
  file.update({
    sent: { epoch: most, sequence: most },
    held: { sender: 0xffff_ffff, epoch: most, sequence: most },
  });
  expect(statSync(path).size).toBe(size);
  file.close();
});

test.each([
  '',
  'not json',
  'null',
  '[]',
  '{"sent":{"epoch":"1","sequence":2}}',
  '{"sent":{"epoch":-1,"sequence":2}}',
])('a file that holds "%s" says nothing', (text) => {
  const file = join(directory, 'broken');
  writeFileSync(file, text);
  expect(readProgress(file)).toEqual({});
});

test('no file says nothing', () => {
  expect(readProgress(path)).toEqual({});
});
