/** How the restart is judged, with a stage that only remembers. */
import { expect, test } from 'vitest';
import { restart } from '../../src/drill/scenarios/restart.ts';
import type { Stage } from '../../src/drill/stage.ts';

/** @param adverts milliseconds after the fault of each director's advertisements as master */
async function play(advertMs: number, adverts: { lb1?: readonly number[]; lb2?: readonly number[] }) {
  const checks = new Map<string, boolean>();
  let faultAt = 0;
  const stage = {
    advertMs,
    masterDownMs: 0,
    answerers: ['lb1'],
    takeoverAt: undefined,
    signal: new AbortController().signal,
    timeline: {
      fault: (_: string, at: number) => {
        faultAt = at;
      },
      note: () => {},
    },
    lb1: { kill: async () => {}, start: async () => {}, ready: async () => ({ connections: 1009 }) },
    traffic: { numbers: () => ({ connections: 1009 }) },
    watcher: {
      since: (from: 'lb1' | 'lb2', at: number) =>
        (adverts[from] ?? []).map((ms) => ({ at: faultAt + ms })).filter((advert) => advert.at >= at),
    },
    steady: async () => {},
    check: (name: string, passed: boolean) => void checks.set(name, passed),
  };
  await restart.play(stage as unknown as Stage);
  return { checks, answerers: stage.answerers };
}

const held = (checks: Map<string, boolean>) => [...checks.values()].every(Boolean);

test('at 1 s advertisements a takeover breaks the promise', async () => {
  const { checks, answerers } = await play(1000, { lb2: [3600, 4600] });
  expect(checks.get('lb2 stays backup the whole time')).toBe(false);
  expect(answerers).toEqual(['lb1']);
});

test('an adopted plane holds the promise at any interval', async () => {
  for (const interval of [50, 1000]) {
    const { checks, answerers } = await play(interval, { lb1: [20, 70] });
    expect(held(checks)).toBe(true);
    expect(answerers).toEqual(['lb1']);
  }
});

test('a lease too short for any process to start may be taken over, once', async () => {
  const once = await play(100, { lb2: [340, 440] });
  expect(held(once.checks)).toBe(true);
  expect(once.answerers).toEqual(['lb1', 'lb2']);
  const back = await play(100, { lb2: [340, 440], lb1: [900] });
  expect(held(back.checks)).toBe(false);
});
