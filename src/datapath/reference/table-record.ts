/** A record of a batch as a value: what directors tell each other of a connection. */
import {
  EXTRA_COLUMNS,
  type ExtraColumn,
  HIGH_WORDS,
  RECORD_FAMILY,
  type RecordBatch,
} from '../../model/record.ts';
import { isLater } from '../../model/serial.ts';
import { FLOW_FLAG } from '../layouts.generated.ts';

export interface TableRecord {
  readonly op: number;
  readonly protocol: number;
  readonly family: number;
  /** As {@link RecordBatch.high}; empty for IPv4. */
  readonly high: readonly number[];
  readonly state: number;
  readonly client: number;
  readonly clientPort: number;
  readonly virtual: number;
  readonly virtualPort: number;
  readonly local: number;
  readonly localPort: number;
  readonly server: number;
  readonly serverPort: number;
  readonly timeout: number;
  readonly maker: number;
  readonly term: number;
  readonly version: number;
  /** Of persistence: it stands for a network of clients. */
  readonly template?: true;
  /** What is not 0. */
  readonly extra?: Readonly<Partial<Record<ExtraColumn, number>>>;
}

/** What orders the words on a connection. */
export type Version = Pick<TableRecord, 'term' | 'version' | 'maker'>;

/** The order is total: two directors that made a version each keep the same one. */
export function isNewer(a: Version, b: Version): boolean {
  if (a.term !== b.term) return isLater(a.term, b.term);
  if (a.version !== b.version) return isLater(a.version, b.version);
  return a.maker > b.maker;
}

export function recordAt(batch: RecordBatch, index: number): TableRecord {
  const at = (column: ArrayLike<number>) => column[index] ?? 0;
  return {
    op: at(batch.op),
    protocol: at(batch.protocol),
    family: at(batch.family),
    high:
      at(batch.family) === RECORD_FAMILY.IPV6
        ? [...batch.high.subarray(index * HIGH_WORDS, (index + 1) * HIGH_WORDS)]
        : [],
    state: at(batch.state),
    client: at(batch.client),
    clientPort: at(batch.clientPort),
    virtual: at(batch.virtual),
    virtualPort: at(batch.virtualPort),
    local: at(batch.local),
    localPort: at(batch.localPort),
    server: at(batch.server),
    serverPort: at(batch.serverPort),
    timeout: at(batch.timeout),
    maker: at(batch.maker),
    term: at(batch.term),
    version: at(batch.version),
    ...extraAt(batch, index),
    ...(at(batch.flags) & FLOW_FLAG.FLOW_TEMPLATE ? { template: true } : {}),
  };
}

function extraAt({ extra }: RecordBatch, index: number): Pick<TableRecord, 'extra'> {
  const used = EXTRA_COLUMNS.filter((name) => extra[name][index]);
  return used.length > 0 ? { extra: Object.fromEntries(used.map((name) => [name, extra[name][index]])) } : {};
}

export function writeRecord(batch: RecordBatch, index: number, record: TableRecord): void {
  batch.op[index] = record.op;
  batch.protocol[index] = record.protocol;
  batch.state[index] = record.state;
  batch.flags[index] = record.template ? FLOW_FLAG.FLOW_TEMPLATE : 0;
  batch.client[index] = record.client;
  batch.clientPort[index] = record.clientPort;
  batch.virtual[index] = record.virtual;
  batch.virtualPort[index] = record.virtualPort;
  batch.local[index] = record.local;
  batch.localPort[index] = record.localPort;
  batch.server[index] = record.server;
  batch.serverPort[index] = record.serverPort;
  batch.timeout[index] = record.timeout;
  batch.maker[index] = record.maker;
  batch.term[index] = record.term;
  batch.version[index] = record.version;
  batch.emittedAt[index] = 0;
  batch.family[index] = record.family;
  batch.high.set(record.high, index * HIGH_WORDS);
  for (const name of EXTRA_COLUMNS) batch.extra[name][index] = record.extra?.[name] ?? 0;
}
