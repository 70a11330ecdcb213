import { spawnSync } from 'node:child_process';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { type Appended, LogFile } from '../../src/director/log-file.ts';
import { built } from '../support/build.ts';
import { scratch } from '../support/scratch.ts';
import { until } from '../support/until.ts';

const FULL = new Error('ENOSPC: no space left on device');

/** A disk with so much room, and what is on it. */
let room: number;
let content: string;
/** Appends that wait for the disk; undefined when it is quick. */
let held: Array<() => void> | undefined;
let said: string[];

beforeEach(() => {
  room = Number.POSITIVE_INFINITY;
  content = '';
  held = undefined;
  said = [];
});

async function append(_path: string, bytes: Uint8Array): Promise<Appended> {
  if (held) await new Promise<void>((resolve) => held?.push(resolve));
  const taken = Math.min(room, bytes.length);
  room -= taken;
  content += Buffer.from(bytes.subarray(0, taken)).toString();
  return taken < bytes.length ? { taken, failure: FULL } : { taken };
}

/** What is said comes back as a line, as in the daemon's log. */
function logFile(): LogFile {
  const file: LogFile = new LogFile({
    path: 'x.log',
    append,
    say: (level, text) => {
      said.push(`${level}: ${text}`);
      file.write(`(${level})\n`);
    },
  });
  return file;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

async function write(file: LogFile, ...lines: string[]): Promise<void> {
  for (const line of lines) file.write(`${line}\n`);
  await settled();
}

test('lines go on when there is room again, and both are said once', async () => {
  const file = logFile();
  await write(file, 'one');
  room = 0;
  await write(file, 'two');
  await write(file, 'three', 'four');
  expect(said).toEqual([
    'error: lines of the log file x.log are lost while it takes none: ENOSPC: no space left on device',
  ]);
  room = 1000;
  await write(file, 'five');
  await write(file, 'six');
  // What was said about the loss is lost too.
  expect(said.slice(1)).toEqual(['info: the log file x.log takes lines again: it lacks 4']);
  expect(content).toBe('one\nfive\n(info)\nsix\n');
});

test('a line that found half its room spoils no other one', async () => {
  const file = logFile();
  room = 6;
  await write(file, 'one', 'two');
  room = 1000;
  await write(file, 'three');
  expect(content).toBe('one\ntw\nthree\n(info)\n');
  expect(said.at(-1)).toBe('info: the log file x.log takes lines again: it lacks 2');
});

test('a disk that stands still costs a bound of memory', async () => {
  const file = logFile();
  held = [];
  for (let line = 0; line < 10_010; line++) await file.write(`${line}\n`);
  await settled();
  expect(said).toEqual(['error: lines of the log file x.log are lost while it takes none: it is too slow']);
  const waiting = held;
  held = undefined;
  for (const go of waiting) go();
  await settled();
  expect(content.split('\n')).toContain('9999');
  expect(said.at(-1)).toMatch(/takes lines again: it lacks \d+$/);
});

test('a file that was moved away is begun anew', async () => {
  const path = join(scratch(), 'x.log');
  const file = new LogFile({ path, say: () => {} });
  const read = () => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return '';
    }
  };
  file.write('one\n');
  await until('the first line is there', () => read() === 'one\n');
  renameSync(path, `${path}.1`);
  file.write('two\n');
  await until('the second line is there', () => read() === 'two\n');
});

test('the log of a daemon outlasts a full file system', () => {
  const folder = scratch();
  const script = `
    import { readFileSync, rmSync, writeFileSync } from 'node:fs';
    import { setTimeout } from 'node:timers/promises';
    import { PassThrough } from 'node:stream';
    const { createLog } = await import('${built('director/log.js')}');
    const stream = new PassThrough();
    let said = '';
    stream.on('data', (text) => { said += text; });
    const until = async (text, of) => { while (!of().includes(text)) await setTimeout(2); };
    const log = createLog({ level: 'info', file: 'x.log', stream, env: {} });
    const read = () => readFileSync('x.log', 'utf8');
    log.info('before');
    await until('before', read);
    try { for (;;) writeFileSync('filler', 'x'.repeat(512), { flag: 'a' }); } catch {}
    for (let line = 0; !said.includes('are lost'); line++) {
      log.info('a line that finds no room');
      await setTimeout(2);
    }
    rmSync('filler');
    log.info('after');
    await until('takes lines again', read);
    process.stdout.write(JSON.stringify({ said, text: read() }));
  `;
  const mount = 'mount -t tmpfs -o size=16k none "$1" && cd "$1" && exec "$2" --input-type=module -e "$3"';
  const { stdout, stderr } = spawnSync(
    'unshare',
    ['--mount', 'sh', '-c', mount, 'sh', folder, process.execPath, script],
    { encoding: 'utf8', timeout: 20_000, killSignal: 'SIGKILL' },
  );
  expect(stderr).toBe('');
  const { said, text } = JSON.parse(stdout) as { said: string; text: string };
  const lines = text.trim().split('\n');
  expect(said.match(/are lost while it takes none: ENOSPC/g)).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ message: 'before' });
  const last: unknown = JSON.parse(lines.at(-1) ?? '');
  expect(last).toMatchObject({ message: expect.stringMatching(/takes lines again: it lacks \d+/) });
});
