import { beforeEach, describe, expect, test } from 'vitest';
import { ANNOUNCE, type AnnounceSettings } from '../../../src/director/config.ts';
import { announcementsOf } from '../../../src/director/heartbeat/announcement.ts';
import { Announcer, FRAMES_A_TURN } from '../../../src/director/heartbeat/announcer.ts';
import type { FloatingAddress } from '../../../src/director/heartbeat/messages.ts';
import { parseAddress } from '../../../src/model/address.ts';

const SECOND = 1_000_000;
const at = (address: string, ifindex = 3): FloatingAddress => ({
  address: parseAddress(address),
  ifindex,
  mac: '02:00:00:00:00:01',
});

let now: number;
beforeEach(() => {
  now = 5 * SECOND;
});

const announcer = (floating: readonly FloatingAddress[], settings: Partial<AnnounceSettings> = {}) =>
  new Announcer(floating, { ...ANNOUNCE, ...settings });

/** What is sent until then, as `seconds since the start: address`. */
function until(one: Announcer, seconds: number): string[] {
  const start = 5 * SECOND;
  const sent: string[] = [];
  while (one.deadline() <= start + seconds * SECOND) {
    now = Math.max(now, one.deadline());
    for (const { address } of one.due(now)) sent.push(`${(now - start) / SECOND}: ${address}`);
  }
  return sent;
}

test('two sets, then reminders', () => {
  const one = announcer([at('10.0.0.1')], { masterRepeat: 2, masterDelayMs: 500, refreshMs: 4000 });
  expect(one.deadline()).toBe(Number.POSITIVE_INFINITY);
  one.start(now);
  expect(until(one, 9)).toEqual(['0', '0', '0.5', '0.5', '4', '8'].map((seconds) => `${seconds}: 10.0.0.1`));
});

test('no second set and no reminders where the settings say so', () => {
  const one = announcer([at('10.0.0.1')], { masterRepeat: 1, masterDelayMs: 0, refreshMs: 0 });
  one.start(now);
  expect(until(one, 1000)).toEqual(['0: 10.0.0.1']);
});

test('what a lower master claimed is announced by settings of its own', () => {
  const one = announcer([at('10.0.0.1')], {
    masterRepeat: 1,
    masterDelayMs: 0,
    lowerPrioRepeat: 2,
    lowerPrioDelayMs: 1000,
    refreshMs: 0,
  });
  one.start(now);
  expect(until(one, 1)).toHaveLength(1);
  one.start(now);
  expect(until(one, 10)).toEqual(['0: 10.0.0.1', '0: 10.0.0.1', '1: 10.0.0.1', '1: 10.0.0.1']);
  one.stop();
  now = 5 * SECOND;
  one.start(now);
  expect(until(one, 10)).toEqual(['0: 10.0.0.1']);
});

test('frames on one interface keep their distance, in each family its own', () => {
  const floating = [at('10.0.0.1'), at('10.0.0.2'), at('10.0.0.3', 4), at('2001:db8::1')];
  const one = announcer(floating, {
    masterRepeat: 2,
    masterDelayMs: 0,
    refreshMs: 0,
    garpIntervalMs: 100,
    gnaIntervalMs: 1000,
  });
  one.start(now);
  expect(until(one, 10).sort()).toEqual(
    [
      '0: 10.0.0.1',
      '0.1: 10.0.0.2',
      '0.2: 10.0.0.1',
      '0.3: 10.0.0.2',
      '0: 10.0.0.3',
      '0.1: 10.0.0.3',
      '0: 2001:db8::1',
      '1: 2001:db8::1',
    ].sort(),
  );
});

test('of thousands of addresses a turn announces some, all of them once before any again', () => {
  const floating = Array.from({ length: 1000 }, (_, n) => at(`10.1.${n >> 8}.${n & 255}`));
  const one = announcer(floating, { masterRepeat: 2, masterDelayMs: 0, refreshMs: 0 });
  one.start(now);
  const turns: FloatingAddress[][] = [];
  while (one.deadline() <= now) turns.push(one.due(now));
  expect(Math.max(...turns.map(({ length }) => length))).toBe(FRAMES_A_TURN);
  const sent = turns.flat().map(({ address }) => address);
  expect(sent).toHaveLength(2000);
  expect(new Set(sent.slice(0, 1000)).size).toBe(1000);
});

test('nothing that waited is sent after the role or the address has gone', () => {
  const floating = Array.from({ length: 200 }, (_, n) => at(`10.1.1.${n}`));
  const one = announcer(floating);
  one.start(now);
  one.due(now);
  one.setFloating(floating.slice(100), true, now);
  const rest = until(one, 60);
  expect(rest.some((text) => text.endsWith('.1.70'))).toBe(false);
  expect(rest.some((text) => text.endsWith('.1.170'))).toBe(true);
  now = 5 * SECOND;
  one.start(now);
  one.stop();
  expect(until(one, 1000)).toEqual([]);
});

test('addresses that were ours before this heartbeat are not announced at once, but reminded of', () => {
  const one = announcer([at('10.0.0.1')], { refreshMs: 2000 });
  one.goOn(now);
  expect(until(one, 5)).toEqual(['2: 10.0.0.1', '4: 10.0.0.1']);
});

describe('the frames of an announcement', () => {
  const operations = (form: AnnounceSettings['garpForm']) =>
    announcementsOf(at('10.0.0.1'), form).map(({ frame }) => frame[21]);

  test('are ARP requests, replies, or one of each for IPv4', () => {
    expect(operations('request')).toEqual([1]);
    expect(operations('reply')).toEqual([2]);
    expect(operations('both')).toEqual([1, 2]);
  });

  test('are a neighbour advertisement for IPv6, whatever the form', () => {
    const [only, ...more] = announcementsOf(at('2001:db8::1'), 'both');
    expect([only?.kind, more]).toEqual(['gna', []]);
  });
});
