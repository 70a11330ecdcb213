/**
 * Connection records as protobuf, straight from their columns: the bytes that the generated encoder makes of them, field
 * by field in the order of their numbers, without a closure and an object for each value. A million connections of a
 * bulk transfer pass through here.
 */
import { EXTRA_COLUMNS, HIGH_WORDS, RECORD_FAMILY, type RecordBatch } from '../model/record.ts';

/** Field numbers of proto/sync.proto. */
export const ENVELOPE_RECORDS = 1;
export const FIELD = {
  sequence: 1,
  op: 2,
  protocol: 3,
  state: 4,
  flags: 6,
  client: 7,
  virtual: 8,
  local: 9,
  server: 10,
  clientPort: 11,
  virtualPort: 12,
  localPort: 13,
  serverPort: 14,
  timeout: 15,
  term: 16,
  version: 17,
  maker: 18,
  bulk: 19,
  walked: 20,
  family: 30,
  high: 31,
  forwarding: 32,
  fwmark: 50,
  subnet: 51,
} as const;

/** Wire types: https://protobuf.dev/programming-guides/encoding/ */
export const VARINT = 0;
export const DELIMITED = 2;

/** Where a message of records stands in the stream. */
export interface Place {
  readonly sequence: number;
  /** The sequence of the bracket that began the bulk transfer which runs now; 0: none does. */
  readonly bulk: number;
  /** Records of a walk over the table, not news. */
  readonly walked: boolean;
}

export function varintLength(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  if (value < 0x1000_0000) return 4;
  let length = 5;
  for (let limit = 2 ** 35; value >= limit; limit *= 128) length++;
  return length;
}

type Numbers = Uint16Array | Uint32Array;

/** In front of the records in the envelope: a tag, and a length of at most this. */
const HEAD = 1 + 5;
const FIRST_ROOM = 4096;

class Writer {
  #bytes = new Uint8Array(FIRST_ROOM);
  #view = new DataView(this.#bytes.buffer);
  #at = HEAD;

  /** @param room bytes that will be written at most */
  begin(room: number): void {
    this.#at = HEAD;
    if (this.#bytes.length >= room + HEAD) return;
    this.#bytes = new Uint8Array(2 * (room + HEAD));
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** @returns a copy of what was written, in its envelope */
  end(): Uint8Array {
    const end = this.#at;
    const length = end - HEAD;
    this.#at = HEAD - 1 - varintLength(length);
    const from = this.#at;
    this.#tag(ENVELOPE_RECORDS, DELIMITED);
    this.#varint(length);
    return this.#bytes.slice(from, end);
  }

  number(field: number, value: number): void {
    this.#tag(field, VARINT);
    this.#varint(value);
  }

  octets(field: number, values: Uint8Array, from: number, to: number): void {
    this.#tag(field, DELIMITED);
    this.#varint(to - from);
    const bytes = this.#bytes;
    for (let index = from; index < to; index++) bytes[this.#at++] = values[index] ?? 0;
  }

  numbers(field: number, values: Numbers, from: number, to: number): void {
    let length = 0;
    for (let index = from; index < to; index++) length += varintLength(values[index] ?? 0);
    this.#tag(field, DELIMITED);
    this.#varint(length);
    for (let index = from; index < to; index++) this.#varint(values[index] ?? 0);
  }

  words(field: number, values: Uint32Array, from: number, to: number): void {
    this.wordsBegin(field, to - from);
    for (let index = from; index < to; index++) this.word(values[index] ?? 0);
  }

  /** So many calls of {@link word} follow. */
  wordsBegin(field: number, count: number): void {
    this.#tag(field, DELIMITED);
    this.#varint(count * 4);
  }

  word(value: number): void {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  #tag(field: number, type: number): void {
    this.#varint(field * 8 + type);
  }

  #varint(value: number): void {
    const bytes = this.#bytes;
    let rest = value;
    while (rest >= 0x80) {
      bytes[this.#at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    bytes[this.#at++] = rest;
  }
}

/** Of a record in the largest encoding: 22 bytes, 8 varints of 5, what IPv6 needs, and extras of 5 each. */
const LARGEST_RECORD = 22 + 8 * 5 + 1 + HIGH_WORDS * 4 + EXTRA_COLUMNS.length * 5;
/** Tags, lengths and the place. */
const LARGEST_REST = 256;

const writer = new Writer();

/** @returns a message that holds the records from `from` to before `to`; there must be one */
export function encodeRecords(batch: RecordBatch, from: number, to: number, place: Place): Uint8Array {
  const { sequence, bulk, walked } = place;
  writer.begin((to - from) * LARGEST_RECORD + LARGEST_REST);
  if (sequence > 0) writer.number(FIELD.sequence, sequence);
  for (const name of ['op', 'protocol', 'state'] as const) writer.octets(FIELD[name], batch[name], from, to);
  writer.numbers(FIELD.flags, batch.flags, from, to);
  for (const name of ['client', 'virtual', 'local', 'server'] as const)
    writer.words(FIELD[name], batch[name], from, to);
  for (const name of ['clientPort', 'virtualPort', 'localPort', 'serverPort'] as const)
    writer.numbers(FIELD[name], batch[name], from, to);
  for (const name of ['timeout', 'term', 'version'] as const)
    writer.numbers(FIELD[name], batch[name], from, to);
  writer.words(FIELD.maker, batch.maker, from, isUniform(batch.maker, from, to) ? from + 1 : to);
  if (bulk > 0) writer.number(FIELD.bulk, bulk);
  if (walked) writer.number(FIELD.walked, 1);
  writeHigh(batch, from, to);
  for (const name of EXTRA_COLUMNS)
    if (!isZero(batch.extra[name], from, to)) writer.numbers(FIELD[name], batch.extra[name], from, to);
  return writer.end();
}

/** The twelve words of each IPv6 record, in a row; nothing when there is none. */
function writeHigh({ family, high }: RecordBatch, from: number, to: number): void {
  let ipv6 = 0;
  for (let index = from; index < to; index++) if (family[index] === RECORD_FAMILY.IPV6) ipv6++;
  if (ipv6 === 0) return;
  writer.octets(FIELD.family, family, from, to);
  writer.wordsBegin(FIELD.high, ipv6 * HIGH_WORDS);
  for (let index = from; index < to; index++) {
    if (family[index] !== RECORD_FAMILY.IPV6) continue;
    for (let word = index * HIGH_WORDS; word < (index + 1) * HIGH_WORDS; word++) writer.word(high[word] ?? 0);
  }
}

/** Nearly always all of a message are of one plane. */
function isUniform(values: Uint32Array, from: number, to: number): boolean {
  for (let index = from + 1; index < to; index++) if (values[index] !== values[from]) return false;
  return true;
}

export function isZero(values: Uint32Array, from: number, to: number): boolean {
  for (let index = from; index < to; index++) if (values[index] !== 0) return false;
  return true;
}
