import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SMALLEST_MAXLEN } from '../../src/model/sync-daemon.ts';
import { tandem } from '../../src/wire/generated/sync.js';
import { encodeRecords } from '../../src/wire/records-writer.ts';
import { SEALED_OVERHEAD } from '../../src/wire/seal.ts';
import { SyncWireError } from '../../src/wire/sync-error.ts';
import {
  type Ack,
  type BracketMessage,
  decodeMessage,
  encodeBracket,
  encodeMessage,
  type HandoverMessage,
  type Heartbeat,
  MOST_RUNS,
} from '../../src/wire/sync-message.ts';
import { batchOf, ordinaryRecord } from './records.ts';

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const count = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const epoch = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const name = fc.string({ maxLength: 64 }).filter((text) => /^[\x20-\x7e]*$/.test(text));

const heartbeats: fc.Arbitrary<Heartbeat> = fc.record(
  {
    kind: fc.constant('heartbeat' as const),
    name,
    priority: fc.integer({ min: 0, max: 255 }),
    role: fc.integer({ min: 0, max: 2 }),
    term: u32,
    leaseRemaining: u32,
    newest: count,
    oldest: count,
    shortfall: u32,
    advertAge: u32,
    synced: fc.boolean(),
    continues: fc.record({ epoch, sequence: count }),
    echoes: fc.array(
      fc.record(
        {
          ...{ sender: u32, epoch, applied: count, appliedAge: u32, earlier: fc.boolean() },
          heard: fc.record({ clock: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), age: u32 }),
        },
        { requiredKeys: ['sender', 'epoch', 'applied', 'appliedAge', 'earlier'] },
      ),
      { maxLength: 4 },
    ),
    keys: fc.array(fc.integer({ min: 1, max: 255 }), { maxLength: 4 }),
    clock: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    router: fc.record({
      ...{ interval: u32, unfit: fc.boolean(), reach: u32 },
      address: fc
        .constantFrom(4, 16)
        .chain((length) => fc.uint8Array({ minLength: length, maxLength: length }))
        .map((bytes) => Buffer.from(bytes)),
    }),
  },
  {
    requiredKeys: [
      'kind',
      'name',
      'priority',
      'role',
      'term',
      'leaseRemaining',
      'newest',
      'oldest',
      'shortfall',
      'synced',
      'echoes',
      'keys',
    ],
  },
);

const handovers: fc.Arbitrary<HandoverMessage> = fc.record({
  kind: fc.constant('handover' as const),
  phase: fc.constantFrom('offer', 'ready', 'refused', 'release'),
  token: u32,
  peer: u32,
  sequence: count,
  reason: name,
});

const acks: fc.Arbitrary<Ack> = fc.record(
  {
    ...{ kind: fc.constant('ack' as const), sender: u32, epoch, upTo: count, newest: count },
    ...{ missing: u32, age: u32, bulkAfter: count },
    again: fc.array(fc.record({ from: count, count }), { maxLength: MOST_RUNS }),
  },
  { requiredKeys: ['kind', 'sender', 'epoch', 'upTo', 'newest', 'missing', 'age', 'again'] },
);

const brackets: fc.Arbitrary<BracketMessage> = fc
  .tuple(fc.integer({ min: 1, max: 2 ** 50 }), fc.integer({ min: 1, max: 1000 }), u32, fc.boolean())
  .chain(([bulk, later, total, complete]) =>
    fc.constantFrom('begin' as const, 'end' as const, 'abandoned' as const).map((phase) => ({
      ...{ kind: 'bracket' as const, bulk, phase, total, complete },
      sequence: phase === 'begin' ? bulk : bulk + later,
    })),
  );

function refusalOf(body: Uint8Array): string {
  try {
    decodeMessage(body);
    return 'taken';
  } catch (error) {
    if (error instanceof SyncWireError) return error.refusal;
    throw error;
  }
}

const encode = (message: tandem.sync.Envelope.$Properties) => tandem.sync.Envelope.encode(message).finish();

test('acknowledgements and the brackets of bulk transfers come back as they were', () => {
  fc.assert(
    fc.property(acks, (ack) => {
      expect(decodeMessage(encodeMessage(ack))).toEqual(ack);
    }),
  );
  fc.assert(
    fc.property(brackets, (bracket) => {
      expect(decodeMessage(encodeBracket(bracket))).toEqual(bracket);
    }),
  );
});

test('an acknowledgement fits into the smallest datagram, however much is missing', () => {
  const again = Array.from({ length: MOST_RUNS }, (_, index) => ({ from: 2 ** 35 + index, count: 1e9 }));
  const ack: Ack = {
    ...{ kind: 'ack', sender: 2 ** 32 - 1, epoch: 2 ** 48 - 1, upTo: 2 ** 35, newest: 2 ** 36 },
    ...{ missing: 2 ** 32 - 1, age: 2 ** 32 - 1, again, bulkAfter: 2 ** 36 },
  };
  expect(encodeMessage(ack).length).toBeLessThanOrEqual(SMALLEST_MAXLEN - SEALED_OVERHEAD);
});

test('a bracket, or records, of a bulk transfer that cannot be are refused', () => {
  const bad = (about: Partial<BracketMessage>) =>
    refusalOf(
      encodeBracket({
        ...{ kind: 'bracket', sequence: 5, bulk: 5, phase: 'begin', total: 0, complete: false },
        ...about,
      }),
    );
  expect(bad({})).toBe('taken');
  expect(bad({ bulk: 4 })).toBe('value');
  expect(bad({ phase: 'end' })).toBe('value');
  expect(bad({ phase: 'end', bulk: 4 })).toBe('taken');
  expect(bad({ phase: 'end', bulk: 0 })).toBe('value');
  expect(refusalOf(encode({ bracket: { sequence: 5, bulk: 5, phase: 9 as 1 } }))).toBe('value');
  const records = encodeRecords(batchOf([ordinaryRecord(1)]), 0, 1, { sequence: 5, bulk: 6, walked: false });
  expect(refusalOf(records)).toBe('value');
});

test('an acknowledgement that asks for half a run, or for too much, is refused', () => {
  const ack = { sender: 1, epoch: 1 };
  expect(refusalOf(encode({ ack: { ...ack, again: [1, 2] } }))).toBe('taken');
  expect(refusalOf(encode({ ack: { ...ack, again: [1, 2, 3] } }))).toBe('value');
  expect(
    refusalOf(encode({ ack: { ...ack, again: Array.from({ length: 2 * MOST_RUNS + 2 }, () => 1) } })),
  ).toBe('value');
});

test('heartbeats and handovers come back as they were', () => {
  fc.assert(
    fc.property(fc.oneof(heartbeats, handovers), (message) => {
      expect(decodeMessage(encodeMessage(message))).toEqual(message);
    }),
  );
});

test('heartbeats and handovers fit in the smallest datagram that may be configured', () => {
  const text = fc.string({ maxLength: 200, unit: 'grapheme' });
  fc.assert(
    fc.property(heartbeats, text, (message, long) => {
      const length = encodeMessage({ ...message, name: long }).length;
      expect(length + SEALED_OVERHEAD).toBeLessThanOrEqual(SMALLEST_MAXLEN);
    }),
  );
});

describe('refused with the typed error, whatever comes:', () => {
  test('random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
        refusalOf(body);
      }),
      { numRuns: 5000 },
    );
  });

  test('valid messages with bytes changed, cut off or doubled', () => {
    const valid = fc.oneof(
      heartbeats.map(encodeMessage),
      handovers.map(encodeMessage),
      fc.integer({ min: 1, max: 30 }).map((records) => {
        const batch = batchOf(Array.from({ length: records }, (_, n) => ordinaryRecord(n)));
        return encodeRecords(batch, 0, records, { sequence: records, bulk: 0, walked: false });
      }),
    );
    const change = fc.record({ at: fc.nat(), value: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(
        valid,
        fc.array(change, { maxLength: 4 }),
        fc.nat(),
        fc.boolean(),
        (body, changes, cut, twice) => {
          const bytes = Buffer.concat(twice ? [body, body] : [body]);
          for (const { at, value } of changes) bytes[at % bytes.length] = value;
          refusalOf(bytes.subarray(0, bytes.length - (cut % bytes.length)));
        },
      ),
      { numRuns: 5000 },
    );
  });
});

describe('a message with an illegal value is refused as a whole:', () => {
  const good = decodeMessage(
    encodeRecords(batchOf([ordinaryRecord(1), ordinaryRecord(2)]), 0, 2, {
      sequence: 5,
      bulk: 0,
      walked: false,
    }),
  );
  if (good.kind !== 'records') throw new Error('not records');
  const records = good.columns;

  test.each([
    ['no kind', {}, 'malformed'],
    ['no records', { records: { sequence: 1 } }, 'value'],
    ['sequence 0', { records: { ...records, sequence: 0 } }, 'value'],
    ['columns of different length', { records: { ...records, client: [1] } }, 'value'],
    ['a column too long', { records: { ...records, version: [1, 2, 3] } }, 'value'],
    ['a byte column too short', { records: { ...records, state: Buffer.from([1]) } }, 'value'],
    ['a port above 65535', { records: { ...records, localPort: [1, 65536] } }, 'value'],
    ['flags above 65535', { records: { ...records, flags: [65536, 0] } }, 'value'],
    ['an operation that does not exist', { records: { ...records, op: Buffer.from([0, 2]) } }, 'value'],
    ['a role that does not exist', { heartbeat: { role: 3 } }, 'value'],
    ['a priority above 255', { heartbeat: { priority: 256 } }, 'value'],
    ['a name that would break a log', { heartbeat: { name: 'lb1\nforged line' } }, 'value'],
    ['a name that is too long', { heartbeat: { name: 'x'.repeat(70) } }, 'value'],
    ['too many echoes', { heartbeat: { echoes: Array.from({ length: 5 }, () => ({ sender: 1 })) } }, 'value'],
    ['a phase that does not exist', { handover: { phase: 9 as 1 } }, 'value'],
    ['a handover without a phase', { handover: { token: 1 } }, 'value'],
  ])('%s', (_name, message, refusal) => {
    expect(refusalOf(encode(message as tandem.sync.Envelope.$Properties))).toBe(refusal);
  });
});

test('fields that a later version adds are skipped', () => {
  const body = encodeMessage({
    ...{ kind: 'handover', phase: 'offer', token: 1, peer: 2, sequence: 3, reason: '' },
  });
  // Field 1000, a varint.
  const later = Buffer.concat([body, Buffer.from([0xc0, 0x3e, 0x01])]);
  expect(decodeMessage(later)).toEqual(decodeMessage(body));
});
