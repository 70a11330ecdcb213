/** The drills as people run them, to their end: what a pair is for. */
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { runDrills } from '../../src/drill/drill.ts';
import { type DrillResult, SCENARIO_NAMES } from '../../src/drill/result.ts';

/** Each takes about 20 s. */
const LIMIT_MS = 120_000;

test.each(SCENARIO_NAMES)(
  'in a %s nothing that was established is lost, and nothing is left behind',
  async (scenario) => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    stderr.resume();
    const { signal } = new AbortController();
    const passed = await runDrills({ scenarios: [scenario], json: true, stdout, stderr, signal });
    stdout.end();
    const result = JSON.parse(await text(stdout)) as DrillResult;
    expect(result.checks.filter((check) => !check.passed)).toEqual([]);
    expect(result).toMatchObject({
      scenario,
      passed: true,
      connections: { lost: 0 },
      requests: { failed: 0 },
    });
    expect(result.connections.established).toBeGreaterThanOrEqual(1002);
    expect(passed).toBe(true);
  },
  LIMIT_MS,
);
