/**
 * Records as {@link encodeRecords} writes them, read without the generated decoder, which is several times as slow: each
 * column once, packed, in the order of the field numbers. Whatever looks otherwise is left to that one.
 */
import { EXTRA_COLUMNS, HIGH_WORDS } from '../model/record.ts';
import type { tandem } from './generated/sync.js';
import { DELIMITED, ENVELOPE_RECORDS, FIELD, VARINT } from './records-writer.ts';

type Columns = tandem.sync.Records;

/** What a column that is absent holds. */
const NO_VALUES: number[] = [];
const NO_BYTES = new Uint8Array();
/** Of a sequence: numbers are exact below. */
const MOST_BITS = 53;

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #tag = 0;
  /** Something was not as it is written. */
  odd = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get ended(): boolean {
    return this.#at === this.#bytes.length && this.#tag === 0;
  }

  /** Whether the next field is this one: then it stands behind its tag. */
  finds(field: number, type: number): boolean {
    if (this.#tag === 0 && this.#at < this.#bytes.length) this.#tag = this.number();
    if (this.#tag !== field * 8 + type) return false;
    this.#tag = 0;
    return true;
  }

  number(): number {
    let value = 0;
    let scale = 1;
    for (let bits = 0; bits < MOST_BITS; bits += 7) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
      scale *= 128;
    }
    this.odd = true;
    return 0;
  }

  /** False is left out. */
  truth(): boolean {
    if (this.number() !== 1) this.odd = true;
    return true;
  }

  /** Where the field that is begun ends. */
  #end(): number {
    const length = this.number();
    const end = this.#at + length;
    if (length > this.#bytes.length - this.#at) this.odd = true;
    return this.odd ? this.#at : end;
  }

  /** The length of the message is that of all that follows. */
  envelope(): void {
    if (!this.finds(ENVELOPE_RECORDS, DELIMITED) || this.#end() !== this.#bytes.length) this.odd = true;
  }

  octets(field: number): Uint8Array {
    if (!this.finds(field, DELIMITED)) return NO_BYTES;
    const end = this.#end();
    const octets = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return octets;
  }

  /** @param count as many as there should be, at most */
  numbers(field: number, count: number): number[] {
    if (!this.finds(field, DELIMITED)) return NO_VALUES;
    const end = this.#end();
    const values = new Array<number>(count);
    let index = 0;
    while (this.#at < end && index < count) {
      const value = this.number();
      if (value > 0xffff_ffff) this.odd = true;
      values[index++] = value;
    }
    return this.#whole(values, index, end);
  }

  words(field: number, count: number): number[] {
    if (!this.finds(field, DELIMITED)) return NO_VALUES;
    const end = this.#end();
    const values = new Array<number>(Math.min(count, (end - this.#at) >> 2));
    for (let index = 0; index < values.length; index++, this.#at += 4)
      values[index] = this.#view.getUint32(this.#at, true);
    return this.#whole(values, values.length, end);
  }

  #whole(values: number[], read: number, end: number): number[] {
    if (read !== values.length || this.#at !== end) this.odd = true;
    return values;
  }
}

/** @returns undefined for what is not written so, or is no message of records */
export function readRecords(body: Uint8Array): Columns | undefined {
  const reader = new Reader(body);
  reader.envelope();
  if (reader.odd) return undefined;
  const sequence = reader.finds(FIELD.sequence, VARINT) ? reader.number() : 0;
  const op = reader.octets(FIELD.op);
  const count = op.length;
  const numbers = (name: keyof typeof FIELD) => reader.numbers(FIELD[name], count);
  const words = (name: keyof typeof FIELD, most = count) => reader.words(FIELD[name], most);
  // In the order in which they stand.
  const columns = {
    sequence,
    op,
    protocol: reader.octets(FIELD.protocol),
    state: reader.octets(FIELD.state),
    flags: numbers('flags'),
    client: words('client'),
    virtual: words('virtual'),
    local: words('local'),
    server: words('server'),
    clientPort: numbers('clientPort'),
    virtualPort: numbers('virtualPort'),
    localPort: numbers('localPort'),
    serverPort: numbers('serverPort'),
    timeout: numbers('timeout'),
    term: numbers('term'),
    version: numbers('version'),
    maker: words('maker'),
    bulk: reader.finds(FIELD.bulk, VARINT) ? reader.number() : 0,
    walked: reader.finds(FIELD.walked, VARINT) && reader.truth(),
    family: reader.octets(FIELD.family),
    high: words('high', count * HIGH_WORDS),
    ...Object.fromEntries(EXTRA_COLUMNS.map((name) => [name, numbers(name)])),
  };
  return reader.odd || !reader.ended ? undefined : (columns as unknown as Columns);
}
