/** -R and ipvsadm-restore: what the director is asked at once, and what is said of each line. */
import { beforeEach, describe, expect, test } from 'vitest';
import { restore } from '../../src/ipvsadm/restore.ts';
import { run } from '../../src/ipvsadm/run.ts';
import type { RuleEdit } from '../../src/model/edit.ts';
import { EMPTY_RULES } from '../../src/model/rules.ts';
import { type MemoryDirector, memoryDirector } from './memory-director.ts';
import { terminal, type } from './terminal.ts';

let director: MemoryDirector;
/** Edits of each call. */
let calls: string[][];

beforeEach(() => {
  director = memoryDirector();
  calls = [];
  const edit = director.edit;
  director.edit = (edits) => {
    calls.push(edits.map(short));
    return edit(edits);
  };
});

const short = (edit: RuleEdit) =>
  'id' in edit && 'port' in edit.id ? `${edit.op} ${edit.id.port}` : edit.op;
const typed = (...lines: string[]) => type(['ipvsadm', '-R'], director, lines.join('\n'));
const added = (port: number) => `-A -t 10.1.1.1:${port} -s rr`;

describe('edits of a restore', () => {
  test('that came together go to the director in one call', async () => {
    expect(await typed(added(80), '', '-a -t 10.1.1.1:80 -r 10.2.1.1 -m', added(81))).toMatchObject({
      stderr: '',
      exit: 0,
    });
    expect(calls).toEqual([['add-service 80', 'add-server 80', 'add-service 81']]);
  });

  test('go in their order, and a bounded number at once', async () => {
    const ports = Array.from({ length: 2500 }, (_, at) => at + 1);
    expect(await typed(...ports.map(added))).toMatchObject({ stderr: '', exit: 0 });
    expect(calls.map(({ length }) => length)).toEqual([1000, 1000, 500]);
    expect(director.rules.services.map(({ id }) => 'port' in id && id.port)).toEqual(ports);
  });

  test('that are refused are told in their order, and do not hold up the others', async () => {
    expect(
      await typed(added(80), added(80), '-a -t 10.1.1.1:9 -r 10.2.1.1 -m', '-D -t 10.1.1.1:9', added(81)),
    ).toEqual({
      stdout: '',
      stderr: 'Service already exists\nService not defined\nNo such service\n',
      exit: 0,
    });
    expect(director.rules.services).toHaveLength(2);
  });

  test('give the exit code of the last one', async () => {
    expect((await typed(added(80), added(81), added(81))).exit).toBe(255);
    expect((await typed(added(81), added(82))).exit).toBe(0);
  });

  test('are done, and what was refused is told, before a line that is no command ends it', async () => {
    const output = await typed(added(80), added(80), '-Z -A', added(81));
    expect(output.stderr.startsWith('Service already exists\n')).toBe(true);
    expect(output.stderr.length).toBeGreaterThan('Service already exists\n'.length);
    expect(output.exit).not.toBe(0);
    expect(calls).toEqual([['add-service 80', 'add-service 80']]);
  });

  test('are done before another command, and the rest after it', async () => {
    const { stdout, exit } = await typed(added(80), '-S -n', '-C', '-S -n', added(81), '-S -n');
    expect(stdout).toBe(`${added(80)}\n${added(81)}\n`);
    expect(exit).toBe(0);
    expect(calls).toEqual([['add-service 80'], ['clear'], ['add-service 81']]);
  });

  test('that come one by one are each done before the next is waited for', async () => {
    const { io } = terminal();
    const counts: number[] = [];
    async function* lines() {
      for (const port of [80, 81, 82]) {
        yield [added(port)];
        counts.push(director.rules.services.length);
      }
    }
    await restore(director, { ...io, lines }, run);
    expect(counts).toEqual([1, 2, 3]);
  });

  test('that a director cannot carry out at all end it with the failure', async () => {
    director.edit = async () => {
      throw new Error('gone');
    };
    await expect(typed(added(80), added(81))).rejects.toThrow('gone');
  });
});

test('ipvsadm-restore clears first, drops comments, and then restores', async () => {
  director.rules = EMPTY_RULES;
  await typed(added(79));
  const lines = ['# saved', added(80), added(80), added(81)].join('\n');
  expect(await type(['ipvsadm-restore'], director, lines)).toEqual({
    stdout: '',
    stderr: 'Service already exists\n',
    exit: 0,
  });
  expect(calls.slice(1)).toEqual([['clear'], ['add-service 80', 'add-service 80', 'add-service 81']]);
});
