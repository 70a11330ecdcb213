/** Records for tests: one at a time as an object, or any number from fast-check. */
import fc from 'fast-check';
import {
  EXTRA_COLUMNS,
  type ExtraColumn,
  HIGH_WORDS,
  RECORD_FAMILY,
  RecordBatch,
} from '../../src/model/record.ts';

const COLUMNS = [
  'op',
  'protocol',
  'state',
  'flags',
  'client',
  'virtual',
  'local',
  'server',
  'clientPort',
  'virtualPort',
  'localPort',
  'serverPort',
  'timeout',
  'maker',
  'term',
  'version',
] as const;

/** A record without the time of its emission, which never travels. */
export type PlainRecord = Record<(typeof COLUMNS)[number], number> & {
  /** What is not 0. */
  readonly extra?: Partial<Record<ExtraColumn, number>>;
  /** IPv6 records have one. */
  readonly high?: readonly number[];
};

const u8 = fc.integer({ min: 0, max: 0xff });
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });

const anyIpv4Record: fc.Arbitrary<PlainRecord> = fc.record({
  op: fc.constantFrom(0, 1),
  protocol: u8,
  state: u8,
  maker: fc.oneof(fc.constant(7), u32),
  flags: u16,
  client: u32,
  virtual: u32,
  local: u32,
  server: u32,
  clientPort: u16,
  virtualPort: u16,
  localPort: u16,
  serverPort: u16,
  timeout: u32,
  term: u32,
  version: u32,
});

const anyHigh = fc.array(u32, { minLength: HIGH_WORDS, maxLength: HIGH_WORDS });

const anyExtra = fc.tuple(fc.constantFrom(...EXTRA_COLUMNS), fc.integer({ min: 1, max: 0xffff_ffff }));

export const anyRecord: fc.Arbitrary<PlainRecord> = fc.oneof(
  anyIpv4Record,
  fc.tuple(anyIpv4Record, anyHigh).map(([record, high]) => ({ ...record, high })),
  fc
    .tuple(anyIpv4Record, anyExtra)
    .map(([record, extra]) => ({ ...record, extra: Object.fromEntries([extra]) })),
);

/** An ordinary established connection; the number makes it one of its own. */
export function ordinaryRecord(number: number, version = 1): PlainRecord {
  return {
    ...{ op: 0, protocol: 6, state: 1, maker: 7, flags: 0x100 },
    client: 0x0a010000 + (number >>> 16),
    virtual: 0x0a010101,
    local: 0xc0a80a01,
    server: 0xc0a80a02,
    clientPort: number & 0xffff,
    virtualPort: 80,
    localPort: (number * 7) & 0xffff,
    serverPort: 22,
    ...{ timeout: 900, term: 3, version },
  };
}

export function append(batch: RecordBatch, record: PlainRecord, emittedAt = 0): void {
  for (const name of COLUMNS) batch[name][batch.length] = record[name];
  batch.family[batch.length] = record.high ? RECORD_FAMILY.IPV6 : RECORD_FAMILY.IPV4;
  if (record.high) batch.high.set(record.high, batch.length * HIGH_WORDS);
  for (const name of EXTRA_COLUMNS) batch.extra[name][batch.length] = record.extra?.[name] ?? 0;
  batch.emittedAt[batch.length] = emittedAt;
  batch.length++;
}

export function batchOf(
  records: readonly PlainRecord[],
  capacity = Math.max(1, records.length),
): RecordBatch {
  const batch = new RecordBatch(capacity);
  for (const record of records) append(batch, record);
  return batch;
}

export function recordAt(batch: RecordBatch, at: number): PlainRecord {
  const entries = COLUMNS.map((name) => [name, batch[name][at] ?? 0]);
  const extra = EXTRA_COLUMNS.map((name) => [name, batch.extra[name][at] ?? 0] as const).filter(
    ([, value]) => value !== 0,
  );
  const columns = Object.fromEntries(entries) as PlainRecord;
  const plain = extra.length > 0 ? { ...columns, extra: Object.fromEntries(extra) } : columns;
  if (batch.family[at] !== RECORD_FAMILY.IPV6) return plain;
  return { ...plain, high: [...batch.high.subarray(at * HIGH_WORDS, (at + 1) * HIGH_WORDS)] };
}

export function recordsOf(batch: RecordBatch): PlainRecord[] {
  return Array.from({ length: batch.length }, (_, at) => recordAt(batch, at));
}
