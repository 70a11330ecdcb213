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
  sender.pack(batchOf([ordinaryRecord(1)]), 1000);
  sender.acknowledged(1, 0, 1000);
  sender.acknowledged(1, 0, 9000);
  sender.acknowledged(2, 0, 9000);
  expect(sender.lag.summary().max).toBe(1);
});

test('a number that was left out is a hole in the stream', () => {
  const sender = new Sender(1);
  sender.skip();
  expect(sequences(sender.pack(batchOf([ordinaryRecord(1)]), 1000))).toEqual([2]);
});
