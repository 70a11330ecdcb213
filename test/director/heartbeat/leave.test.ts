import { beforeEach, expect, test } from 'vitest';
import { Leave } from '../../../src/director/heartbeat/leave.ts';
import { NO_PEER, type PeerView } from '../../../src/vrrp/router.ts';
import { leaseTime, masterDown } from '../../../src/vrrp/timing.ts';

const A = 100_000;
const LONG = 4_000_000;
const SETTINGS = { priority: 200, advertUs: A };

let now: number;
let leave: Leave;
beforeEach(() => {
  now = 10_000_000;
  leave = new Leave(SETTINGS);
});

const peer = (more: Partial<PeerView>): PeerView => ({ ...NO_PEER, at: now, ...more });

function tell(times: number): void {
  for (let n = 0; n < times; n += 1) leave.sent();
}

test('without a wish nothing is longer', () => {
  tell(5);
  expect([leave.wanted, leave.intervalUs, leave.extensionUs]).toEqual([false, A, 0]);
  expect(leave.nowCovered(NO_PEER, now)).toBe(false);
});

test('beside a peer that says nothing of its hearing the lease is longer once it was told three times', () => {
  leave.begin(LONG, now);
  expect([leave.intervalUs, leave.extensionUs]).toEqual([LONG, 0]);
  tell(2);
  expect(leave.nowCovered(NO_PEER, now)).toBe(false);
  tell(1);
  expect(leave.nowCovered(NO_PEER, now)).toBe(true);
  expect(leave.nowCovered(NO_PEER, now)).toBe(false);
  expect(leave.extensionUs).toBe(leaseTime(LONG) - leaseTime(A));
  leave.end();
  expect([leave.intervalUs, leave.extensionUs]).toEqual([A, 0]);
});

test('a peer on the sync path must have heard the interval there first, and then an advertisement', () => {
  leave.begin(LONG, now);
  tell(9);
  const begun = now;
  now += A;
  expect(leave.nowCovered(peer({ beatHeardAt: begun - 1, advertHeardAt: now }), now)).toBe(false);
  expect(leave.nowCovered(peer({ beatHeardAt: begun + 1, advertHeardAt: now }), now)).toBe(false);
  const known = now;
  now += A;
  expect(leave.nowCovered(peer({ beatHeardAt: now, advertHeardAt: known }), now)).toBe(false);
  expect(leave.extensionUs).toBe(0);
  expect(leave.nowCovered(peer({ beatHeardAt: now, advertHeardAt: known + 1 }), now)).toBe(true);
});

test('a peer that does not hear us is never covered, until it is not heard any more itself', () => {
  leave.begin(LONG, now);
  tell(9);
  for (let n = 0; n < 50; n += 1) {
    now += A;
    expect(leave.nowCovered(peer({ beatHeardAt: now, advertHeardAt: 1, deaf: true }), now)).toBe(false);
  }
  const last = peer({ beatHeardAt: now, advertHeardAt: 1, deaf: true });
  now += masterDown(SETTINGS.priority, A) + 1;
  expect(leave.nowCovered(last, now)).toBe(true);
});

test('an interval that is long already is not made shorter', () => {
  leave = new Leave({ priority: 100, advertUs: 2 * LONG });
  leave.begin(LONG, now);
  tell(3);
  expect(leave.nowCovered(NO_PEER, now)).toBe(true);
  expect([leave.intervalUs, leave.extensionUs]).toEqual([2 * LONG, 0]);
});

test('a lease that lasts longer than ours do is one that a daemon left for this one: it goes on saying so', () => {
  leave.goOn(now + leaseTime(LONG), now);
  expect([leave.wanted, leave.intervalUs]).toEqual([true, LONG]);
  expect(leave.extensionUs).toBe(leaseTime(LONG) - leaseTime(A));
  leave.end();
  expect([leave.intervalUs, leave.extensionUs]).toEqual([A, 0]);
});

test('what is said covers the rest of such a lease, in hundredths of a second', () => {
  const until = now + 123_456;
  leave = new Leave({ priority: 100, advertUs: 10_000 });
  leave.goOn(until, now);
  expect(leave.intervalUs % 10_000).toBe(0);
  expect(now + leaseTime(leave.intervalUs)).toBeGreaterThanOrEqual(until);
});

test('an ordinary lease that still runs was left by a daemon that was killed', () => {
  leave.goOn(now + leaseTime(A), now);
  expect(leave.wanted).toBe(false);
});
