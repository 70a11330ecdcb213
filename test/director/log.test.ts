import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createLog } from '../../src/director/log.ts';
import { scratch } from '../support/scratch.ts';
import { until } from '../support/until.ts';

function capture(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY });
  return { stream, text: () => String(stream.read() ?? '') };
}

test('a journal gets priorities that it understands, and the name of the part that speaks', () => {
  const { stream, text } = capture(false);
  const log = createLog({ level: 'debug', stream, env: {} });
  log.error('e');
  log.warn('w');
  log.child('vrrp').info('i');
  log.child('sync').debug('d');
  expect(text()).toBe('<3>e\n<4>w\n<6>vrrp: i\n<7>sync: d\n');
});

test('every line of a long message has its priority', () => {
  const { stream, text } = capture(false);
  createLog({ level: 'info', stream, env: {} }).error('one\ntwo');
  expect(text()).toBe('<3>one\n<3>two\n');
});

test('a terminal gets the time instead', () => {
  const { stream, text } = capture(true);
  createLog({ level: 'info', stream, env: {} }).child('sync').warn('late');
  expect(text()).toMatch(/^\d\d:\d\d:\d\d\.\d\d\d warn {2}sync: late\n$/);
});

test('a terminal under a service manager is a journal', () => {
  const { stream, text } = capture(true);
  createLog({ level: 'info', stream, env: { INVOCATION_ID: 'x' } }).info('up');
  expect(text()).toBe('<6>up\n');
});

test('what is below the level is not written', () => {
  const { stream, text } = capture(false);
  const log = createLog({ level: 'warn', stream, env: {} });
  log.info('quiet');
  log.warn('loud');
  expect(text()).toBe('<4>loud\n');
});

test('a file gets one JSON object a line, in a folder that is made', async () => {
  const file = join(scratch(), 'log', 'tandem.log');
  const log = createLog({ level: 'info', file, stream: capture(false).stream, env: {} });
  log.child('vrrp').warn('lost');
  const read = () => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      return '';
    }
  };
  await until('the line is in the file', () => read().endsWith('\n'));
  const entry: unknown = JSON.parse(read());
  expect(entry).toMatchObject({
    level: 'warn',
    namespace: 'vrrp',
    message: 'lost',
    timestamp: /^\d{4}-.*Z$/,
  });
});

test('a file that cannot be written is refused at the start', () => {
  const folder = scratch();
  writeFileSync(join(folder, 'file'), '');
  for (const file of [folder, join(folder, 'file', 'x.log'), '/proc/nope/x.log']) {
    const create = () => createLog({ level: 'info', file, stream: capture(false).stream, env: {} });
    expect(create).toThrow(`cannot write the log file ${file} (`);
  }
});
