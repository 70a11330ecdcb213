/**
 * Every way to speak VRRP that keepalived 2.2 and a director share, both as the first and the second to start, with
 * each as the better one, and with equal priorities: one master, the right one, on start, crash, return, priority
 * change and farewell.
 */
import { afterAll, expect, test } from 'vitest';
import { Wire } from '../director/heartbeat/pair.ts';
import type { Speech } from '../interop/keepalived.ts';
import { type Match, play, titleOf } from '../interop/keepalived-match.ts';
import { report } from '../support/report.ts';

const FAST_MS = 200;
/** Version 2 counts whole seconds. */
const SECOND_MS = 1000;

const SPEECHES: readonly Speech[] = [
  { version: 3, family: 4, way: 'multicast', advertMs: FAST_MS },
  { version: 3, family: 4, way: 'unicast', advertMs: FAST_MS },
  { version: 3, family: 6, way: 'multicast', advertMs: FAST_MS },
  { version: 3, family: 6, way: 'unicast', advertMs: FAST_MS },
  { version: 2, family: 4, way: 'multicast', advertMs: SECOND_MS, password: 'secret12' },
  { version: 2, family: 4, way: 'unicast', advertMs: SECOND_MS },
];

const matches: readonly Match[] = SPEECHES.flatMap((speech) =>
  (['director', 'keepalived'] as const).flatMap((first) =>
    (['director', 'keepalived', 'neither'] as const).map((higher) => ({ speech, first, higher })),
  ),
);

const rows: (readonly [string, string])[] = [];
afterAll(() => report('keepalived: who is master, and after how long', rows));

/** They wait most of the time. */
const AT_ONCE = 3;

test(`${matches.length} matches`, async () => {
  const queue = matches.entries();
  const failures: string[] = [];
  const table = async () => {
    for (const [index, match] of queue) {
      const wire = new Wire(`-${index}`);
      try {
        const story = await play(wire, match);
        rows.push([titleOf(match), ''], ...story.map((line) => ['', line] as const));
      } catch (error) {
        rows.push([titleOf(match), 'FAILED']);
        failures.push((error as Error).message);
      } finally {
        await wire.remove();
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, table));
  expect(failures).toEqual([]);
});
