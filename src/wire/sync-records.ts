/** How many connection records fit in a message, and back from the packed columns of `Records`. */
import { EXTRA_COLUMNS, HIGH_WORDS, RECORD_FAMILY, RECORD_OP, type RecordBatch } from '../model/record.ts';
import type { tandem } from './generated/sync.js';
import { isZero, type Place, varintLength } from './records-writer.ts';
import { SyncWireError } from './sync-error.ts';

type Columns = tandem.sync.Records;

/** Records that fit in one datagram of any size: 65535 / 27 bytes, the shortest record, is 2427. */
export const MOST_RECORDS = 2428;
/** op, protocol, state: a byte each; four addresses of four bytes. */
const FIXED_BYTES = 3 + 16;
/** Tag and one byte of length for each column that is a byte or four bytes wide: field numbers below 16. */
const BYTE_COLUMNS = 3;
const ADDRESS_COLUMNS = 4;
/** flags, 4 ports, timeout with a tag of one byte; term and version with one of two. */
const VARINT_TAGS = 6 * 1 + 2 * 2;
const MAKER_TAG = 2;

/** Field numbers from 16 to 2047. */
const EXTRA_TAG = 2;

/** Columns of IPv6: field numbers of 16 and above have tags of two bytes. */
const IPV6_TAGS = 2 * 2;
const HIGH_BYTES = HIGH_WORDS * 4;

/** Bytes of a field of `length` bytes whose tag takes one byte: tag, length, content. */
function field(length: number): number {
  return 1 + varintLength(length) + length;
}

/** Bytes of a place: tags of one byte, and of two. */
function placeLength({ sequence, bulk, walked }: Place): number {
  return 1 + varintLength(sequence) + (bulk > 0 ? 2 + varintLength(bulk) : 0) + (walked ? 3 : 0);
}

/**
 * How many records from `from` on fit in an envelope of at most `limit` bytes, to the byte.
 * @returns 0 when not even one does
 */
export function recordsThatFit(batch: RecordBatch, from: number, place: Place, limit: number): number {
  let flags = 0;
  let clientPort = 0;
  let virtualPort = 0;
  let localPort = 0;
  let serverPort = 0;
  let timeout = 0;
  let term = 0;
  let version = 0;
  let sameMaker = true;
  let ipv6 = 0;
  const extras = extraSizes(batch, from);
  const placeFields = placeLength(place);
  for (let at = from; at < batch.length; at++) {
    const count = at - from + 1;
    flags += varintLength(batch.flags[at] ?? 0);
    clientPort += varintLength(batch.clientPort[at] ?? 0);
    virtualPort += varintLength(batch.virtualPort[at] ?? 0);
    localPort += varintLength(batch.localPort[at] ?? 0);
    serverPort += varintLength(batch.serverPort[at] ?? 0);
    timeout += varintLength(batch.timeout[at] ?? 0);
    term += varintLength(batch.term[at] ?? 0);
    version += varintLength(batch.version[at] ?? 0);
    sameMaker &&= batch.maker[at] === batch.maker[from];
    const maker = sameMaker ? 4 : count * 4;
    if (batch.family[at] === RECORD_FAMILY.IPV6) ipv6++;
    const extra = extras.length === 0 ? NO_EXTRA : addExtra(extras, at);
    // Far from the limit no exact sum is needed: lengths and tags of all columns stay below 100 bytes.
    const content =
      count * FIXED_BYTES +
      flags +
      clientPort +
      virtualPort +
      localPort +
      serverPort +
      timeout +
      term +
      version +
      maker +
      extra.content +
      (ipv6 > 0 ? count + ipv6 * HIGH_BYTES : 0);
    if (content + 100 <= limit) continue;
    const size =
      placeFields +
      BYTE_COLUMNS * field(count) +
      ADDRESS_COLUMNS * field(count * 4) +
      (VARINT_TAGS +
        varintLength(flags) +
        varintLength(clientPort) +
        varintLength(virtualPort) +
        varintLength(localPort) +
        varintLength(serverPort) +
        varintLength(timeout) +
        varintLength(term) +
        varintLength(version)) +
      (MAKER_TAG + varintLength(maker)) +
      (ipv6 > 0 ? IPV6_TAGS + varintLength(count) + varintLength(ipv6 * HIGH_BYTES) : 0) +
      extra.lengths +
      (content - count * FIXED_BYTES);
    if (field(size) > limit) return at - from;
  }
  return batch.length - from;
}

interface ExtraSize {
  readonly values: Uint32Array;
  bytes: number;
  used: boolean;
}

const NO_EXTRA = { content: 0, lengths: 0 } as const;

/** Of the columns that are used in the rest of this batch at all. */
function extraSizes({ extra, length }: RecordBatch, from: number): ExtraSize[] {
  return EXTRA_COLUMNS.map((name) => extra[name])
    .filter((values) => !isZero(values, from, length))
    .map((values) => ({ values, bytes: 0, used: false }));
}

/** Takes in one record. @returns bytes of all columns that are not 0 until there, and of their lengths and tags */
function addExtra(sizes: ExtraSize[], at: number): { content: number; lengths: number } {
  let content = 0;
  let lengths = 0;
  for (const size of sizes) {
    const value = size.values[at] ?? 0;
    size.bytes += varintLength(value);
    size.used ||= value !== 0;
    if (!size.used) continue;
    content += size.bytes;
    lengths += EXTRA_TAG + varintLength(size.bytes);
  }
  return { content, lengths };
}

function refuse(message: string): never {
  throw new SyncWireError('value', message);
}

/**
 * Checks the columns against each other and each value against its range.
 * @returns the number of records
 * @throws SyncWireError `value`
 */
export function checkRecords(records: Columns): number {
  const count = records.op.length;
  if (count === 0) refuse('no records');
  for (const name of ['protocol', 'state'] as const)
    if (records[name].length !== count) refuse(`column ${name} has another length than op`);
  for (const name of ['client', 'virtual', 'local', 'server', 'timeout', 'term', 'version'] as const)
    if (records[name].length !== count) refuse(`column ${name} has another length than op`);
  if (records.maker.length !== count && records.maker.length !== 1)
    refuse('column maker has neither one value nor the length of op');
  for (const name of ['flags', 'clientPort', 'virtualPort', 'localPort', 'serverPort'] as const) {
    const values = records[name];
    if (values.length !== count) refuse(`column ${name} has another length than op`);
    for (const value of values) if (value > 0xffff) refuse(`${name} ${value} is above 65535`);
  }
  for (const name of EXTRA_COLUMNS)
    if (records[name].length !== 0 && records[name].length !== count)
      refuse(`column ${name} has another length than op`);
  checkFamilies(records, count);
  for (const op of records.op) if (op > RECORD_OP.DELETE) refuse(`operation ${op} is not known`);
  return count;
}

function checkFamilies({ family, high }: Columns, count: number): void {
  if (family.length !== 0 && family.length !== count) refuse('column family has another length than op');
  let ipv6 = 0;
  for (const value of family) {
    if (value > RECORD_FAMILY.IPV6) refuse(`family ${value} is not known`);
    if (value === RECORD_FAMILY.IPV6) ipv6++;
  }
  if (high.length !== ipv6 * HIGH_WORDS) refuse('column high does not fit the number of IPv6 records');
}

/** Appends checked columns. The batch must have room. */
export function appendRecords(records: Columns, batch: RecordBatch): void {
  const at = batch.length;
  batch.op.set(records.op, at);
  batch.protocol.set(records.protocol, at);
  batch.state.set(records.state, at);
  batch.flags.set(records.flags, at);
  batch.client.set(records.client, at);
  batch.virtual.set(records.virtual, at);
  batch.local.set(records.local, at);
  batch.server.set(records.server, at);
  batch.clientPort.set(records.clientPort, at);
  batch.virtualPort.set(records.virtualPort, at);
  batch.localPort.set(records.localPort, at);
  batch.serverPort.set(records.serverPort, at);
  batch.timeout.set(records.timeout, at);
  batch.term.set(records.term, at);
  batch.version.set(records.version, at);
  if (records.maker.length === 1) batch.maker.fill(records.maker[0] ?? 0, at, at + records.op.length);
  else batch.maker.set(records.maker, at);
  appendFamilies(records, batch);
  for (const name of EXTRA_COLUMNS) {
    if (records[name].length > 0) batch.extra[name].set(records[name], at);
    else batch.extra[name].fill(0, at, at + records.op.length);
  }
  // Not sent: it is a time of the other's clock.
  batch.emittedAt.fill(0, at, at + records.op.length);
  batch.length = at + records.op.length;
}

function appendFamilies({ family, high, op }: Columns, batch: RecordBatch): void {
  const at = batch.length;
  batch.family.fill(RECORD_FAMILY.IPV4, at, at + op.length);
  batch.family.set(family, at);
  let next = 0;
  for (let index = 0; index < family.length; index++) {
    if (family[index] !== RECORD_FAMILY.IPV6) continue;
    batch.high.set(high.slice(next, next + HIGH_WORDS), (at + index) * HIGH_WORDS);
    next += HIGH_WORDS;
  }
}
