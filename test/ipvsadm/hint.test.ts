import { describe, expect, test } from 'vitest';
import { hintFor } from '../../src/ipvsadm/hint.ts';
import { LONG_NAMES } from '../../src/ipvsadm/options.ts';
import { memoryDirector } from './memory-director.ts';
import { type } from './terminal.ts';

describe('somebody who mistyped an option is told which it may be', () => {
  test.each([
    ['--schedular', 'scheduler'],
    ['--sheduler=rr', 'scheduler'],
    ['--add-sevrer', 'add-server'],
    ['--real_server', 'real-server'],
    ['-numeric', undefined],
    ['--bogus', undefined],
    ['--sched', undefined],
    ['--foo', undefined],
    ['-K', undefined],
  ])('%s', (word, name) => {
    expect(hintFor(word, LONG_NAMES)).toBe(name && `Did you mean --${name}?`);
  });
});

test('the hint is a line behind what ipvsadm says', async () => {
  const words = ['ipvsadm', '-A', '-t', '10.1.1.1:80', '--schedular', 'rr'];
  expect(await type(words, memoryDirector())).toEqual({
    stdout: '',
    stderr: '--schedular: unknown option\nDid you mean --scheduler?\n',
    exit: 255,
  });
  expect((await type(['ipvsadm', '--lsit'], memoryDirector())).stderr).toMatch(/^Try .*\n$/);
});
