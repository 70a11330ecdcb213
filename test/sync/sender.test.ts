import { expect, test } from 'vitest';
import { Sender } from '../../src/sync/sender.ts';
import { decodeMessage } from '../../src/wire/sync-message.ts';
import { append, batchOf, ordinaryRecord } from '../wire/records.ts';

function sequences(bodies: readonly Uint8Array[]): number[] {
  return bodies.map((body) => {
    const message = decodeMessage(body);
    if (message.kind !== 'records') throw new Error(message.kind);
    return message.sequence;
  });
}

test('a batch is spread over as many messages as it needs, numbered without a hole', () => {
  const sender = new Sender(1);
  const batch = batchOf(Array.from({ length: 100 }, (_, n) => ordinaryRecord(n)));
  const bodies = sender.pack(batch, 1000);
  expect(sequences(bodies)).toEqual(bodies.map((_, index) => index + 1));
  for (const body of bodies) expect(body.length).toBeLessThanOrEqual(1000);
  expect(sender.pack(batchOf([ordinaryRecord(1)]), 1000).map((body) => sequences([body]))).toEqual([
    [bodies.length + 1],
  ]);
});

test('a limit below one record is a mistake that is said', () => {
  expect(() => new Sender(1).pack(batchOf([ordinaryRecord(1)]), 20)).toThrow(/does not fit in 20 bytes/);
});

test('the lag is the time from the emission to what the peer says, less the age of its news', () => {
  const sender = new Sender(1);
  const batch = batchOf([], 10);
  // Emitted just before the 32-bit clock of the plane turns over.
  append(batch, ordinaryRecord(1), 2 ** 32 - 1000);
  sender.pack(batch, 1000);
  sender.acknowledged(1, 50_000, 2 ** 32 + 52_000);
  expect(sender.lag.summary().max).toBe(3);
});

test('what is acknowledged twice, or was never sent, is not measured', () => {
  const sender = new Sender(1);
  const batch = batchOf([], 1);
  append(batch, ordinaryRecord(1), 500);
  sender.pack(batch, 1000);
  sender.acknowledged(1, 0, 1500);
  sender.acknowledged(1, 0, 9000);
  sender.acknowledged(2, 0, 9000);
  expect(sender.lag.summary().max).toBe(1);
});

test('a number that was left out is a hole in the stream, and nothing before it can be had again', () => {
  const sender = new Sender(1);
  sender.pack(batchOf([ordinaryRecord(1)]), 1000);
  sender.skip();
  expect(sequences(sender.pack(batchOf([ordinaryRecord(1)]), 1000))).toEqual([3]);
  expect(sender.oldest).toBe(3);
});

test('every message between the brackets of a bulk transfer names its begin, news too', () => {
  const sender = new Sender(1);
  const batch = batchOf([ordinaryRecord(1)]);
  const bodies = [
    ...sender.pack(batch, 1000),
    sender.bracket('begin', 7, true),
    ...sender.pack(batch, 1000, true),
    ...sender.pack(batch, 1000),
    sender.bracket('end', 1),
    ...sender.pack(batch, 1000),
  ];
  expect(bodies.map((body) => decodeMessage(body))).toMatchObject([
    { kind: 'records', sequence: 1, bulk: 0, walked: false },
    { kind: 'bracket', sequence: 2, bulk: 2, phase: 'begin', total: 7, complete: true },
    { kind: 'records', sequence: 3, bulk: 2, walked: true },
    { kind: 'records', sequence: 4, bulk: 2, walked: false },
    { kind: 'bracket', sequence: 5, bulk: 2, phase: 'end', total: 1, complete: false },
    { kind: 'records', sequence: 6, bulk: 0, walked: false },
  ]);
});

test('each message is measured, of what a receiver without the table says none', () => {
  const sender = new Sender(1);
  for (const at of [1000, 2000, 3000]) {
    const batch = batchOf([], 1);
    append(batch, ordinaryRecord(1), at);
    sender.pack(batch, 1000);
  }
  sender.passed(1);
  sender.acknowledged(3, 0, 4000);
  expect(sender.lag.summary().p50).toBeLessThan(1.1);
  expect(sender.lag.summary()).toMatchObject({ p99: 2, max: 2 });
});

test('what was packed can be sent again as it was', () => {
  const sender = new Sender(1);
  const [body] = sender.pack(batchOf([ordinaryRecord(1)]), 1000);
  sender.resends.ask([{ from: 1, count: 1 }], 0);
  expect(sender.resends.take(0)).toEqual([body]);
});
