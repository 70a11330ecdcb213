/**
 * A connection's columns and the bytes of the kernel's structures: of the `conn_record` that comes out of the ring and
 * goes into the inbox, and of the table's entries. What is added to the one is added to the others, here.
 */
import type { Family } from '../model/address.ts';
import {
  EXTRA_COLUMNS,
  type ExtraColumn,
  HIGH_WORDS,
  RECORD_FAMILY,
  RECORD_OP,
  type RecordBatch,
} from '../model/record.ts';
import { CONN_RECORD, FLOW, FLOW_FLAG, FLOW_KEY } from './layouts.generated.ts';

/** Where a number of 1, 2 or 4 bytes stands, in the host's byte order. */
interface Place {
  readonly at: number;
  readonly size: 1 | 2 | 4;
}

interface ExtraPlaces {
  /** In a `conn_record`. */
  readonly record: Place;
  /** In the table, in the key or the entry of the request's direction; elsewhere where it is left out. */
  readonly table?: TablePlace;
}

type TablePlace = Place & { readonly of: 'key' | 'flow' };

const EXTRA: Readonly<Record<ExtraColumn, ExtraPlaces>> = {
  forwarding: {
    record: { at: CONN_RECORD.forwarding, size: 1 },
    table: { of: 'flow', at: FLOW.forwarding, size: 1 },
  },
  fwmark: { record: { at: CONN_RECORD.fwmark, size: 4 } },
  subnet: { record: { at: CONN_RECORD.subnet, size: 4 } },
};

/** What a record says of the flags of a connection. */
const SHARED_FLAGS = FLOW_FLAG.FLOW_INACTIVE | FLOW_FLAG.FLOW_TEMPLATE;

/** An entry of the request's direction among many, with its key. */
export interface TableEntry {
  readonly family: Family;
  readonly keys: DataView;
  /** Where the key begins in `keys`, and the entry in `flows`. */
  readonly key: number;
  readonly flows: DataView;
  readonly flow: number;
}

/** The first twelve bytes of the four addresses stand in a row, behind what an IPv4 record has. */
export function readRecord(data: DataView, at: number, batch: RecordBatch, index: number): void {
  batch.op[index] = data.getUint8(at + CONN_RECORD.op);
  batch.protocol[index] = data.getUint8(at + CONN_RECORD.protocol);
  batch.state[index] = data.getUint8(at + CONN_RECORD.state);
  batch.maker[index] = data.getUint32(at + CONN_RECORD.maker, true);
  batch.flags[index] = data.getUint16(at + CONN_RECORD.flags, true);
  batch.client[index] = data.getUint32(at + CONN_RECORD.client);
  batch.virtual[index] = data.getUint32(at + CONN_RECORD.virtualAddress);
  batch.local[index] = data.getUint32(at + CONN_RECORD.local);
  batch.server[index] = data.getUint32(at + CONN_RECORD.server);
  batch.clientPort[index] = data.getUint16(at + CONN_RECORD.clientPort);
  batch.virtualPort[index] = data.getUint16(at + CONN_RECORD.virtualPort);
  batch.localPort[index] = data.getUint16(at + CONN_RECORD.localPort);
  batch.serverPort[index] = data.getUint16(at + CONN_RECORD.serverPort);
  batch.timeout[index] = data.getUint32(at + CONN_RECORD.timeout, true);
  batch.term[index] = data.getUint32(at + CONN_RECORD.term, true);
  batch.version[index] = data.getUint32(at + CONN_RECORD.version, true);
  batch.emittedAt[index] = data.getUint32(at + CONN_RECORD.emittedAt, true);
  for (const name of EXTRA_COLUMNS) batch.extra[name][index] = get(data, at, EXTRA[name].record);
  batch.family[index] = data.getUint8(at + CONN_RECORD.family);
  if (batch.family[index] !== RECORD_FAMILY.IPV6) return;
  for (let word = 0; word < HIGH_WORDS; word++)
    batch.high[index * HIGH_WORDS + word] = data.getUint32(at + CONN_RECORD.clientHigh + word * 4);
}

/** The inverse of {@link readRecord}. */
export function writeRecord(data: DataView, at: number, batch: RecordBatch, index: number): void {
  data.setUint8(at + CONN_RECORD.op, batch.op[index] ?? 0);
  data.setUint8(at + CONN_RECORD.protocol, batch.protocol[index] ?? 0);
  data.setUint8(at + CONN_RECORD.state, batch.state[index] ?? 0);
  data.setUint32(at + CONN_RECORD.maker, batch.maker[index] ?? 0, true);
  data.setUint16(at + CONN_RECORD.flags, batch.flags[index] ?? 0, true);
  data.setUint32(at + CONN_RECORD.client, batch.client[index] ?? 0);
  data.setUint32(at + CONN_RECORD.virtualAddress, batch.virtual[index] ?? 0);
  data.setUint32(at + CONN_RECORD.local, batch.local[index] ?? 0);
  data.setUint32(at + CONN_RECORD.server, batch.server[index] ?? 0);
  data.setUint16(at + CONN_RECORD.clientPort, batch.clientPort[index] ?? 0);
  data.setUint16(at + CONN_RECORD.virtualPort, batch.virtualPort[index] ?? 0);
  data.setUint16(at + CONN_RECORD.localPort, batch.localPort[index] ?? 0);
  data.setUint16(at + CONN_RECORD.serverPort, batch.serverPort[index] ?? 0);
  data.setUint32(at + CONN_RECORD.timeout, batch.timeout[index] ?? 0, true);
  data.setUint32(at + CONN_RECORD.term, batch.term[index] ?? 0, true);
  data.setUint32(at + CONN_RECORD.version, batch.version[index] ?? 0, true);
  for (const name of EXTRA_COLUMNS) put(data, at, EXTRA[name].record, batch.extra[name][index] ?? 0);
  data.setUint8(at + CONN_RECORD.family, batch.family[index] ?? 0);
  if (batch.family[index] !== RECORD_FAMILY.IPV6) return;
  for (let word = 0; word < HIGH_WORDS; word++)
    data.setUint32(at + CONN_RECORD.clientHigh + word * 4, batch.high[index * HIGH_WORDS + word] ?? 0);
}

/** Of a buffer: its own methods are several times as slow, and every connection of a table passes through here. */
export const viewOf = ({ buffer, byteOffset, byteLength }: Buffer): DataView =>
  new DataView(buffer, byteOffset, byteLength);

/** What the table holds of a connection, but for the timeout, which does not stand there. */
export function describeFlow(entry: TableEntry, batch: RecordBatch, index: number): void {
  const { family, keys, key, flows, flow } = entry;
  batch.op[index] = RECORD_OP.UPDATE;
  batch.protocol[index] = keys.getUint8(key + FLOW_KEY.protocol);
  batch.state[index] = flows.getUint8(flow + FLOW.stateFlags);
  batch.flags[index] = flows.getUint8(flow + FLOW.stateFlags + 1) & SHARED_FLAGS;
  batch.client[index] = keys.getUint32(key + FLOW_KEY.source);
  batch.clientPort[index] = keys.getUint16(key + FLOW_KEY.sourcePort);
  batch.virtual[index] = keys.getUint32(key + FLOW_KEY.destination);
  batch.virtualPort[index] = keys.getUint16(key + FLOW_KEY.destinationPort);
  batch.local[index] = flows.getUint32(flow + FLOW.source);
  batch.localPort[index] = flows.getUint16(flow + FLOW.sourcePort);
  batch.server[index] = flows.getUint32(flow + FLOW.destination);
  batch.serverPort[index] = flows.getUint16(flow + FLOW.destinationPort);
  batch.maker[index] = flows.getUint32(flow + FLOW.maker, true);
  batch.term[index] = flows.getUint32(flow + FLOW.term, true);
  batch.version[index] = flows.getUint32(flow + FLOW.version, true);
  batch.emittedAt[index] = 0;
  for (const name of EXTRA_COLUMNS) {
    const { table } = EXTRA[name];
    batch.extra[name][index] = table === undefined ? 0 : read(entry, table);
  }
  batch.family[index] = family === 6 ? RECORD_FAMILY.IPV6 : RECORD_FAMILY.IPV4;
  if (family === 6) describeHigh(entry, batch, index);
}

function read({ keys, key, flows, flow }: TableEntry, place: TablePlace): number {
  return place.of === 'key' ? get(keys, key, place) : get(flows, flow, place);
}

function describeHigh({ keys, key, flows, flow }: TableEntry, batch: RecordBatch, index: number): void {
  const parts: ReadonlyArray<readonly [DataView, number]> = [
    [keys, key + FLOW_KEY.sourceHigh],
    [keys, key + FLOW_KEY.destinationHigh],
    [flows, flow + FLOW.sourceHigh],
    [flows, flow + FLOW.destinationHigh],
  ];
  parts.forEach(([data, from], part) => {
    for (let word = 0; word < 3; word++)
      batch.high[index * HIGH_WORDS + part * 3 + word] = data.getUint32(from + word * 4);
  });
}

function get(data: DataView, from: number, { at, size }: Place): number {
  if (size === 1) return data.getUint8(from + at);
  return size === 2 ? data.getUint16(from + at, true) : data.getUint32(from + at, true);
}

function put(data: DataView, from: number, { at, size }: Place, value: number): void {
  if (size === 1) data.setUint8(from + at, value);
  else if (size === 2) data.setUint16(from + at, value, true);
  else data.setUint32(from + at, value, true);
}
