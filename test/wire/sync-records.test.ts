import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecordBatch } from '../../src/model/record.ts';
import { tandem } from '../../src/wire/generated/sync.js';
import { readRecords } from '../../src/wire/records-reader.ts';
import { encodeRecords, type Place } from '../../src/wire/records-writer.ts';
import { decodeMessage } from '../../src/wire/sync-message.ts';
import { appendRecords, MOST_RECORDS, recordsThatFit } from '../../src/wire/sync-records.ts';
import { anyRecord, batchOf, ordinaryRecord, type PlainRecord, recordsOf } from './records.ts';

function roundTrip(records: readonly PlainRecord[], sequence: number): PlainRecord[] {
  const message = decodeMessage(
    encodeRecords(batchOf(records), 0, records.length, { sequence, bulk: 0, walked: false }),
  );
  if (message.kind !== 'records') throw new Error(`decoded as ${message.kind}`);
  expect(message).toMatchObject({ sequence, count: records.length });
  const batch = new RecordBatch(records.length);
  appendRecords(message.columns, batch);
  return recordsOf(batch);
}

test('records come back as they were, whatever their values', () => {
  const sequence = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
  fc.assert(
    fc.property(fc.array(anyRecord, { minLength: 1, maxLength: 60 }), sequence, (records, number) => {
      expect(roundTrip(records, number)).toEqual(records);
    }),
  );
});

const anyPlace: fc.Arbitrary<Place> = fc
  .tuple(
    fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2 ** 48 })),
    fc.nat(400),
    fc.boolean(),
  )
  .map(([sequence, back, walked]) => {
    const bulk = Math.max(0, sequence - back);
    return { sequence, bulk, walked: walked && bulk > 0 };
  });

test('what is written is what the generated encoder writes', () => {
  const { Envelope } = tandem.sync;
  fc.assert(
    fc.property(
      fc.array(anyRecord, { minLength: 1, maxLength: 200 }),
      anyPlace,
      fc.nat(3),
      (list, place, skipped) => {
        const from = Math.min(skipped, list.length - 1);
        const written = encodeRecords(batchOf(list), from, list.length, place);
        expect(Buffer.from(written)).toEqual(Buffer.from(Envelope.encode(Envelope.decode(written)).finish()));
      },
    ),
  );
});

/** As numbers and lists of them, whoever has read it. */
function plain(columns: object): object {
  const value = (read: unknown): unknown => {
    if (typeof read !== 'object' || read === null) return read;
    return 'toNumber' in read ? Number(read) : Array.from(read as ArrayLike<number>);
  };
  return Object.fromEntries(Object.entries(columns).map(([name, read]) => [name, value(read)]));
}

test('what is read is what the generated decoder reads, whatever is on the wire', () => {
  const { Envelope, Records } = tandem.sync;
  const written = fc
    .tuple(fc.array(anyRecord, { minLength: 1, maxLength: 60 }), anyPlace)
    .map(([list, place]) => encodeRecords(batchOf(list), 0, list.length, place));
  const change = fc.record({ at: fc.nat(), to: fc.nat(255), cut: fc.nat(40) });
  let read = 0;
  fc.assert(
    fc.property(written, fc.option(change), (message, changed) => {
      const body = changed ? message.slice(0, message.length - changed.cut) : message;
      if (changed) body[changed.at % body.length] = changed.to;
      const columns = readRecords(body);
      if (!changed) expect(columns).toBeDefined();
      if (!columns) return;
      read++;
      const { records } = Envelope.decode(body);
      const absent = Object.fromEntries(
        Object.keys(columns).map((name) => [name, Records.prototype[name as 'op']]),
      );
      expect(plain(columns)).toEqual(plain({ ...absent, ...records }));
    }),
    { numRuns: 1000 },
  );
  expect(read).toBeGreaterThan(0);
});

const FIRST = { sequence: 1, bulk: 0, walked: false };

test('as many records are packed as fit, to the byte', () => {
  const records = fc.array(
    fc.oneof(
      anyRecord,
      fc.nat(5000).map((n) => ordinaryRecord(n)),
    ),
    {
      minLength: 1,
      maxLength: 120,
    },
  );
  fc.assert(
    fc.property(
      records,
      anyPlace,
      fc.integer({ min: 0, max: 4000 }),
      fc.nat(3),
      (list, number, limit, from) => {
        const batch = batchOf(list);
        const count = recordsThatFit(batch, from, number, limit);
        if (count > 0)
          expect(encodeRecords(batch, from, from + count, number).length).toBeLessThanOrEqual(limit);
        if (from + count < batch.length)
          expect(encodeRecords(batch, from, from + count + 1, number).length).toBeGreaterThan(limit);
      },
    ),
    { numRuns: 500 },
  );
});

test('the largest datagram holds no more records than a receiver makes room for', () => {
  const least = {
    ...ordinaryRecord(0),
    flags: 0,
    clientPort: 0,
    virtualPort: 0,
    localPort: 0,
    serverPort: 0,
  };
  const smallest = { ...least, timeout: 0, term: 0, version: 0 };
  const batch = batchOf(Array.from({ length: 3000 }, () => smallest));
  expect(recordsThatFit(batch, 0, FIRST, 0xffff)).toBeLessThan(MOST_RECORDS);
  expect(recordsThatFit(batch, 0, FIRST, 0xffff)).toBeGreaterThan(MOST_RECORDS - 20);
});

test('a datagram of the default size holds more than thirty ordinary connections', () => {
  const batch = batchOf(Array.from({ length: 100 }, (_, n) => ordinaryRecord(40_000 + n)));
  expect(recordsThatFit(batch, 0, FIRST, 1472 - 50)).toBeGreaterThan(30);
});
