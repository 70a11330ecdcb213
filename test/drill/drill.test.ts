import { readdirSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { beforeEach, expect, test, vi } from 'vitest';
import { runDrills } from '../../src/drill/drill.ts';
import type { DrillResult } from '../../src/drill/result.ts';
import { LAB_ROOT } from '../../src/lab/ownership.ts';
import { waitFor } from '../../src/lab/wait.ts';

/** Those of other processes of this machine stand before a test begins, and are none of its business. */
let others: string[];
beforeEach(() => {
  others = [];
  others = labs();
});

function labs(): string[] {
  try {
    return readdirSync(LAB_ROOT).filter((name) => !name.startsWith('.') && !others.includes(name));
  } catch {
    return [];
  }
}

test('a daemon that does not start fails the drill with its words, as JSON, and leaves nothing', async () => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  stderr.resume();
  const complaint = 'the plane is made of paper';
  const passed = await runDrills({
    scenarios: ['crash'],
    json: true,
    stdout,
    stderr,
    signal: new AbortController().signal,
    command: ['sh', '-c', `echo ${complaint} >&2; exit 1`],
  });
  stdout.end();
  const result = JSON.parse(await text(stdout)) as DrillResult;
  expect(passed).toBe(false);
  expect(result).toMatchObject({ scenario: 'crash', passed: false, detection_ms: null, limit_ms: 450 });
  expect(result.connections).toEqual({ established: 0, survived: 0, lost: 0 });
  const [broken, left] = result.checks;
  expect(broken).toMatchObject({ name: 'the drill runs to its end', passed: false });
  expect(broken?.detail).toContain(complaint);
  expect(left).toMatchObject({ name: 'nothing of the drill is left', passed: true });
  expect(labs()).toEqual([]);
});

test('an interrupted drill ends without a result and leaves nothing', async () => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  let said = '';
  stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const controller = new AbortController();
  const running = runDrills({
    scenarios: ['crash'],
    json: true,
    stdout,
    stderr,
    signal: controller.signal,
    command: ['sleep', '60'],
  });
  await waitFor('the directors to be started', () => said.includes('starting servers'), {
    timeoutMs: 20_000,
  });
  controller.abort();
  expect(await running).toBe(false);
  stdout.end();
  expect(await text(stdout)).toBe('');
  expect(said).toContain('interrupted');
  expect(labs()).toEqual([]);
});

test('an ordinary user is told so before anything is tried', async () => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const getuid = vi.spyOn(process, 'getuid').mockReturnValue(1000);
  try {
    const drills = runDrills({
      scenarios: ['crash', 'kill'],
      json: false,
      stdout,
      stderr,
      signal: new AbortController().signal,
    });
    await expect(drills).rejects.toMatchObject({ code: 'not-root' });
  } finally {
    getuid.mockRestore();
  }
  stdout.end();
  expect(await text(stdout)).toBe('');
});
