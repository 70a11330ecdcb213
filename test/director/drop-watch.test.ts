import { beforeEach, expect, test } from 'vitest';
import { DROP_REASON } from '../../src/datapath/layouts.generated.ts';
import { DropWatch, LOUD } from '../../src/director/drop-watch.ts';
import { type Log, SILENT } from '../../src/director/log.ts';

const SECOND = 1_000_000;

let said: string[];
let now: number;
let watch: DropWatch;

const log: Log = { ...SILENT, warn: (text) => said.push(text) };

beforeEach(() => {
  said = [];
  now = SECOND;
  watch = new DropWatch({ no_local_port: 1000, table_full: 0, ttl: 5 }, log);
});

function look(drops: Readonly<Record<string, number>>): void {
  watch.look(drops, now);
  now += SECOND;
}

test('packets that were dropped before the daemon came are no news', () => {
  look({ no_local_port: 1000, table_full: 0 });
  expect(said).toEqual([]);
});

test('a drop that the operator can cure is told with its number and the remedy', () => {
  look({ no_local_port: 1001, table_full: 12_345 });
  expect(said).toEqual([
    '12345 packets dropped: the connection table is full: raise datapath.connections',
    '1 packet dropped: every local port that was tried is in use: add local addresses with -P',
  ]);
});

test('a flood is told once in ten seconds, and every packet of it is in one of the numbers', () => {
  for (let second = 1; second <= 15; second++) look({ no_server: second * 100 });
  for (let second = 1; second <= 15; second++) look({ no_server: 1500 });
  expect(said.map((text) => Number.parseInt(text, 10))).toEqual([100, 1000, 400]);
});

test('what strangers do is counted, not told', () => {
  look({ ttl: 100, malformed: 7, no_connection: 9, fence_closed: 1 });
  expect(said).toEqual([]);
});

test('every reason that is told is one that the plane has', () => {
  const names = Object.keys(DROP_REASON).map((name) => name.replace('DROP_', '').toLowerCase());
  expect(Object.keys(LOUD).filter((name) => !names.includes(name))).toEqual([]);
});
