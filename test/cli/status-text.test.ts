import { expect, test } from 'vitest';
import { statusText } from '../../src/cli/status-text.ts';
import type { Status } from '../../src/director/status.ts';
import { STATUS } from '../control/fake-director.ts';

const UP = { vrrp: 'up', sync: 'up' } as const;

const text = (changes: Partial<Status>) => statusText({ ...STATUS, ...changes });

test('the first line of a master says what it answers for', () => {
  expect(text({}).split('\n')[0]).toBe('lb1 is MASTER and answers for 10.1.1.1');
});

test('a master behind a closed fence is told as what it is', () => {
  const routers = STATUS.routers.map((router) => ({ ...router, fence: { open: false, remaining_ms: 0 } }));
  expect(text({ routers })).toMatch(/^lb1 is MASTER, but its fence is closed: it answers for nothing\n/);
});

test('a backup says who answers', () => {
  const routers = STATUS.routers.map((router) => ({ ...router, fence: { open: false, remaining_ms: 0 } }));
  const peer = { vrrp_ms: 80, sync_ms: 30, synced: true, paths: UP };
  expect(text({ role: 'backup', routers, peer })).toMatch(
    /^lb1 is BACKUP: the peer answers for 10\.1\.1\.1\n/,
  );
});

test('a missing table of the peer stands out', () => {
  expect(text({ role: 'backup', peer: { vrrp_ms: 80, sync_ms: 3000, synced: false, paths: UP } })).toMatch(
    /peer +heard 80 ms ago \(VRRP\), 3 s ago \(sync\); NOT SYNCED/,
  );
});

test("a master does not wonder at a backup's silence on VRRP", () => {
  expect(text({ peer: { vrrp_ms: null, sync_ms: 30, synced: true, paths: UP } })).toMatch(
    /peer +heard 30 ms ago \(sync\); its/,
  );
});

test('a backup that heard nobody does not say that somebody answers', () => {
  const routers = STATUS.routers.map((router) => ({ ...router, fence: { open: false, remaining_ms: 0 } }));
  const peer = { vrrp_ms: null, sync_ms: null, synced: false, paths: UP };
  expect(text({ role: 'backup', routers, peer })).toMatch(
    /^lb1 is BACKUP: no master has been heard yet for 10/,
  );
});

test('a lost path stands out', () => {
  const paths = { vrrp: 'lost', sync: 'up' } as const;
  expect(text({ peer: { ...STATUS.peer, paths } })).toMatch(/peer +heard .*; ONE PATH LOST: VRRP\n/);
  expect(text({})).not.toContain('LOST');
});

test('counters that are zero are not shown', () => {
  const shown = text({});
  expect(shown).toMatch(/drops +no_entry 13\n/);
  expect(shown).not.toContain('table_full');
  expect(shown).toContain('rejected seal 11');
  expect(shown).not.toContain('rejected malformed');
});

test('large numbers are grouped', () => {
  expect(text({ connections: 1_234_567 })).toMatch(/connections +1,234,567\n/);
});
