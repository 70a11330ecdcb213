/** Walks the connection table of the kernel, and turns what is wanted of it into records. */
import type { Family } from '../model/address.ts';
import { HIGH_WORDS, RECORD_FAMILY, RECORD_OP, type RecordBatch } from '../model/record.ts';
import type { BpfMap } from '../native/bpf-map.ts';
import { FLOW_SIZES } from './codec.ts';
import { DIRECTION, FLOW, FLOW_FLAG, FLOW_KEY } from './layouts.generated.ts';
import type { TableWalk } from './ports.ts';

/** Entries of a slice: about a millisecond of copying. */
const SLICE = 4096;

type Wanted = (flow: Buffer, at: number) => boolean;

interface Slice {
  readonly family: Family;
  readonly count: number;
  readonly keys: Buffer;
  readonly values: Buffer;
}

/** A connection that others are told of. */
export function isTold(flow: Buffer, at: number): boolean {
  const flags = flow[at + FLOW.stateFlags + 1] ?? 0;
  return (
    flow[at + FLOW.direction] === DIRECTION.DIRECTION_REQUEST &&
    (flags & (FLOW_FLAG.FLOW_ANNOUNCED | FLOW_FLAG.FLOW_GONE)) === FLOW_FLAG.FLOW_ANNOUNCED
  );
}

/** Came from this source, or was made here and told, and bears another mark. */
export function isLeftOver(flow: Buffer, at: number, source: number, mark: number): boolean {
  const from = flow[at + FLOW.learnedFrom];
  return (
    flow[at + FLOW.direction] === DIRECTION.DIRECTION_REQUEST &&
    flow[at + FLOW.mark] !== mark &&
    (from === source || (from === 0 && isTold(flow, at)))
  );
}

export class FlowWalk implements TableWalk {
  readonly #slices: Iterator<Slice>;
  readonly #wanted: Wanted;
  readonly #timeout: (protocol: number, state: number) => number;
  #slice: Slice | undefined;
  #position = 0;

  /** @param timeout seconds of a state */
  constructor(
    flows: Readonly<Record<Family, BpfMap>>,
    wanted: Wanted,
    timeout: (protocol: number, state: number) => number = () => 0,
  ) {
    this.#slices = slices(flows);
    this.#wanted = wanted;
    this.#timeout = timeout;
  }

  read(batch: RecordBatch): boolean {
    if (!this.#slice) {
      const next = this.#slices.next();
      if (next.done) return false;
      this.#slice = next.value;
      this.#position = 0;
    }
    const { family, count, keys, values } = this.#slice;
    const sizes = FLOW_SIZES[family];
    for (; this.#position < count; this.#position++) {
      const at = this.#position * sizes.entry;
      if (!this.#wanted(values, at)) continue;
      if (batch.length === batch.capacity) return true;
      this.#append(batch, keys, this.#position * sizes.key, values, at);
      if (family === 6) appendHigh(batch, keys, this.#position * sizes.key, values, at);
    }
    this.#slice = undefined;
    return true;
  }

  #append(batch: RecordBatch, keys: Buffer, key: number, flow: Buffer, at: number): void {
    const index = batch.length++;
    const protocol = keys[key + FLOW_KEY.protocol] ?? 0;
    const state = flow[at + FLOW.stateFlags] ?? 0;
    batch.op[index] = RECORD_OP.UPDATE;
    batch.protocol[index] = protocol;
    batch.state[index] = state;
    batch.flags[index] = (flow[at + FLOW.stateFlags + 1] ?? 0) & FLOW_FLAG.FLOW_INACTIVE;
    batch.client[index] = keys.readUInt32BE(key + FLOW_KEY.source);
    batch.clientPort[index] = keys.readUInt16BE(key + FLOW_KEY.sourcePort);
    batch.virtual[index] = keys.readUInt32BE(key + FLOW_KEY.destination);
    batch.virtualPort[index] = keys.readUInt16BE(key + FLOW_KEY.destinationPort);
    batch.local[index] = flow.readUInt32BE(at + FLOW.source);
    batch.localPort[index] = flow.readUInt16BE(at + FLOW.sourcePort);
    batch.server[index] = flow.readUInt32BE(at + FLOW.destination);
    batch.serverPort[index] = flow.readUInt16BE(at + FLOW.destinationPort);
    batch.timeout[index] = this.#timeout(protocol, state);
    batch.maker[index] = flow.readUInt32LE(at + FLOW.maker);
    batch.term[index] = flow.readUInt32LE(at + FLOW.term);
    batch.version[index] = flow.readUInt32LE(at + FLOW.version);
    batch.emittedAt[index] = 0;
    batch.family[index] = RECORD_FAMILY.IPV4;
  }
}

function* slices(flows: Readonly<Record<Family, BpfMap>>): Generator<Slice> {
  for (const family of [4, 6] as const)
    for (const chunk of flows[family].chunks(SLICE)) yield { family, ...chunk };
}

/** The rest of the addresses of the record that was appended last. */
function appendHigh(batch: RecordBatch, keys: Buffer, key: number, flow: Buffer, at: number): void {
  const index = batch.length - 1;
  const parts: ReadonlyArray<readonly [Buffer, number]> = [
    [keys, key + FLOW_KEY.sourceHigh],
    [keys, key + FLOW_KEY.destinationHigh],
    [flow, at + FLOW.sourceHigh],
    [flow, at + FLOW.destinationHigh],
  ];
  batch.family[index] = RECORD_FAMILY.IPV6;
  parts.forEach(([buffer, from], part) => {
    for (let word = 0; word < 3; word++)
      batch.high[index * HIGH_WORDS + part * 3 + word] = buffer.readUInt32BE(from + word * 4);
  });
}
