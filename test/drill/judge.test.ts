import { expect, test } from 'vitest';
import type { ArpRecord } from '../../src/drill/answerers.ts';
import { judge, numbers } from '../../src/drill/judge.ts';
import { SCENARIOS } from '../../src/drill/scenarios/index.ts';
import type { TrafficResult } from '../../src/drill/traffic-set.ts';
import { DIRECTOR_FRONT } from '../../src/lab/pair.ts';

const FAULT = 100;
const survival = { established: 1009, survived: 1009, lost: 0, troubles: [] };
const good: TrafficResult = {
  udp: { kind: 'done', sent: 6, answers: [97, 98, 99, 100, 101, 102], lost: [], repeated: 0, ownPause: 2 },
  echo: { kind: 'done', messages: 9000, ...survival, established: 1000, survived: 1000 },
  http: { kind: 'done', requests: { sent: 40, failed: 0 }, ...survival, established: 8, survived: 8 },
  opener: { kind: 'done', attempts: 4, opened: [90, 99, 130, 140] },
  ssh: { count: 300, trouble: undefined },
  connections: survival,
  retransmitted: 0,
};
const run = (name: 'lb1' | 'lb2') => ({ mac: DIRECTOR_FRONT[name].mac, from: 0, to: 9, count: 9 });
const arp: ArpRecord = { asked: 20, runs: [run('lb1'), run('lb2')], doubles: 0 };

const failing = (traffic: TrafficResult, record = arp, scenario = SCENARIOS.kill): string[] =>
  judge(scenario, traffic, record, FAULT)
    .filter(({ passed }) => !passed)
    .map(({ name }) => name);

test('a drill in which everything held fails no check', () => {
  expect(failing(good)).toEqual([]);
});

test('fewer than 1002 connections are not enough to pass', () => {
  const few = { ...good, connections: { ...survival, established: 1001, survived: 1001 } };
  expect(failing(few)).toEqual(['at least 1002 connections were established']);
});

test('one lost connection fails, and its trouble is told', () => {
  const lost = {
    ...good,
    connections: { ...survival, survived: 1008, lost: 1, troubles: ['connection 7: reset'] },
  };
  expect(failing(lost)).toEqual(['no established connection was lost']);
  const [, check] = judge(SCENARIOS.kill, lost, arp, FAULT);
  expect(check?.detail).toBe('1008 survived, 1 lost; connection 7: reset');
});

test('a gap in the ssh session fails', () => {
  expect(failing({ ...good, ssh: { count: 9, trouble: '1 numbers came out of turn' } })).toEqual([
    'the ssh session lives, its counter without a gap',
  ]);
});

test('a failed HTTP request fails', () => {
  expect(failing({ ...good, http: { ...good.http, requests: { sent: 40, failed: 1 } } })).toEqual([
    'no HTTP request failed',
  ]);
});

test('new connections must come back after the fault; how late is told, and judges nothing', () => {
  expect(failing({ ...good, opener: { ...good.opener, opened: [90, 99] } })).toEqual([
    'new connections are served after the fault',
  ]);
  const late = { ...good, opener: { ...good.opener, opened: [90, 9100] } };
  expect(failing(late)).toEqual([]);
  expect(judge(SCENARIOS.kill, late, arp, FAULT)[4]?.detail).toBe(
    '1 opened; the longest wait for one was 9000 ms, from +0 ms on',
  );
});

test('a lost packet fails a drill that may lose none, and only that', () => {
  const lossy = { ...good, udp: { ...good.udp, answers: [97, 98, 102], lost: [99, 100, 101] } };
  expect(failing(lossy)).toEqual(['no packet of an established connection was lost']);
  expect(failing(lossy, arp, SCENARIOS.crash)).toEqual([]);
});

test('a stream that never comes back fails a crash too', () => {
  const dead = { ...good, udp: { ...good.udp, answers: [97, 98], lost: [99, 100, 101, 102] } };
  expect(failing(dead, arp, SCENARIOS.crash)).toEqual(['the UDP stream flows again after the fault']);
});

test('an answer that came twice fails: both directors forwarded it', () => {
  expect(failing({ ...good, udp: { ...good.udp, repeated: 1 } })).toEqual([
    'no packet was forwarded by both directors',
  ]);
});

test('two answerers fail, and in a restart so does a second one', () => {
  const both = { ...arp, doubles: 1 };
  const name = 'never did two directors answer ARP for the VIP';
  expect(failing(good, both)).toEqual([name]);
  expect(failing(good, arp, SCENARIOS.restart)).toEqual([name]);
});

test('the numbers of a result are those that traffic measured', () => {
  const lossy = { ...good, udp: { ...good.udp, answers: [97, 98, 102], lost: [99, 100, 101] } };
  expect(numbers(lossy)).toEqual({
    connections: { established: 1009, survived: 1009, lost: 0 },
    requests: { sent: 40, failed: 0 },
    outage_ms: 3,
    packets: { sent: 6, lost: 3 },
  });
});
