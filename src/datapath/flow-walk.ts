/** Walks the connection table of the kernel, and turns what is wanted of it into records. */
import type { Family } from '../model/address.ts';
import type { RecordBatch } from '../model/record.ts';
import type { BpfMap } from '../native/bpf-map.ts';
import { FLOW_SIZES } from './codec.ts';
import { DIRECTION, FLOW, FLOW_FLAG } from './layouts.generated.ts';
import type { TableWalk } from './ports.ts';
import { describeFlow, viewOf } from './record-bytes.ts';

/** Entries of a slice: about a millisecond of copying. */
const SLICE = 4096;

type Wanted = (flow: Buffer, at: number) => boolean;

interface Slice {
  readonly family: Family;
  readonly count: number;
  readonly values: Buffer;
  /** The keys, and the values once more. */
  readonly keyData: DataView;
  readonly data: DataView;
}

/** What a record says of a connection besides its entry. */
export interface WalkFacts {
  /** Seconds of a state. */
  timeout(protocol: number, state: number): number;
  /** Of the service that a server is of. */
  fwmark(serverId: number): number;
}

const NO_FACTS: WalkFacts = { timeout: () => 0, fwmark: () => 0 };

/** A connection that others are told of. */
export function isTold(flow: Buffer, at: number): boolean {
  const flags = flow[at + FLOW.stateFlags + 1] ?? 0;
  return (
    flow[at + FLOW.direction] === DIRECTION.DIRECTION_REQUEST &&
    (flags & (FLOW_FLAG.FLOW_ANNOUNCED | FLOW_FLAG.FLOW_GONE)) === FLOW_FLAG.FLOW_ANNOUNCED
  );
}

/** Came from this source, or is told by us or others, and bears another mark. */
export function isLeftOver(flow: Buffer, at: number, source: number, mark: number): boolean {
  const from = flow[at + FLOW.learnedFrom];
  return (
    flow[at + FLOW.direction] === DIRECTION.DIRECTION_REQUEST &&
    flow[at + FLOW.mark] !== mark &&
    (from === source || isTold(flow, at))
  );
}

export class FlowWalk implements TableWalk {
  readonly #slices: Iterator<Slice>;
  readonly #wanted: Wanted;
  readonly #facts: WalkFacts;
  #slice: Slice | undefined;
  #position = 0;

  constructor(flows: Readonly<Record<Family, BpfMap>>, wanted: Wanted, facts: WalkFacts = NO_FACTS) {
    this.#slices = slices(flows);
    this.#wanted = wanted;
    this.#facts = facts;
  }

  read(batch: RecordBatch): boolean {
    if (!this.#slice) {
      const next = this.#slices.next();
      if (next.done) return false;
      this.#slice = next.value;
      this.#position = 0;
    }
    const { family, count, keyData, values, data } = this.#slice;
    const sizes = FLOW_SIZES[family];
    for (; this.#position < count; this.#position++) {
      const at = this.#position * sizes.entry;
      if (!this.#wanted(values, at)) continue;
      if (batch.length === batch.capacity) return true;
      const index = batch.length++;
      const key = this.#position * sizes.key;
      describeFlow({ family, keys: keyData, key, flows: data, flow: at }, batch, index);
      batch.timeout[index] = this.#facts.timeout(batch.protocol[index] ?? 0, batch.state[index] ?? 0);
      batch.extra.fwmark[index] = this.#facts.fwmark(data.getUint32(at + FLOW.serverId, true));
    }
    this.#slice = undefined;
    return true;
  }
}

function* slices(flows: Readonly<Record<Family, BpfMap>>): Generator<Slice> {
  for (const family of [4, 6] as const)
    for (const { count, keys, values } of flows[family].chunks(SLICE))
      yield { family, count, values, keyData: viewOf(keys), data: viewOf(values) };
}
