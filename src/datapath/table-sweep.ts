/**
 * Sweeps the table of the kernel slice by slice: userland walks, and the kernel does with each connection what is due.
 * Between two slices everybody else has the CPU, the heartbeat first of all.
 */
import type { Family } from '../model/address.ts';
import { RECORD_FAMILY } from '../model/record.ts';
import type { BpfMap } from '../native/bpf-map.ts';
import type { BpfProgram } from '../native/bpf-program.ts';
import { type Mapping, mapShared } from '../native/mmap.ts';
import { bytes, FLOW_SIZES } from './codec.ts';
import { CLOSING, DIRECTION, FLOW, FLOW_KEY, SWEEP_CALL } from './layouts.generated.ts';
import type { SweepResult } from './plane.ts';

/** Entries that are read at once: about a millisecond. */
const SLICE = 4096;
/** Half a connection is what a crash of the machine's own making leaves: seldom, and in nobody's way for a while. */
const ORPHANS_EVERY = 16;

export class TableSweep {
  readonly #flows: Readonly<Record<Family, BpfMap>>;
  readonly #program: BpfProgram;
  readonly #mapping: Mapping;
  readonly #keys: Buffer;
  readonly #closingMapping: Mapping;
  readonly #closings: Buffer;
  readonly #close: (family: Family, closing: Buffer) => void;
  readonly #call = bytes(SWEEP_CALL.size);
  #sweeps = 0;

  /** @param close is told of each connection that was closed: a `struct closing` */
  constructor(
    flows: Readonly<Record<Family, BpfMap>>,
    keys: BpfMap,
    closings: BpfMap,
    program: BpfProgram,
    close: (family: Family, closing: Buffer) => void,
  ) {
    this.#close = close;
    this.#closingMapping = mapShared(closings.fd, closings.maxEntries * CLOSING.size, 0, true);
    this.#closings = Buffer.from(this.#closingMapping.bytes);
    this.#flows = flows;
    this.#program = program;
    this.#mapping = mapShared(keys.fd, keys.maxEntries * FLOW_KEY.size, 0, true);
    this.#keys = Buffer.from(this.#mapping.bytes);
  }

  /** @param all half connections are looked for, too: otherwise only now and then */
  *slices(all = false): Generator<undefined, SweepResult> {
    const result = { expired: 0, connections: 0, deferred: 0, unsent: 0 };
    const orphans = this.#sweeps++ % ORPHANS_EVERY === 0 || all;
    for (const family of [4, 6] as const) {
      const sizes = FLOW_SIZES[family];
      for (const { count, keys, values } of this.#flows[family].chunks(SLICE)) {
        let chosen = 0;
        for (let index = 0; index < count; index++) {
          const request = values[index * sizes.entry + FLOW.direction] === DIRECTION.DIRECTION_REQUEST;
          if (!request && !orphans) continue;
          keys.copy(this.#keys, chosen * FLOW_KEY.size, index * sizes.key, (index + 1) * sizes.key);
          if (++chosen < SLICE) continue;
          this.#sweep(family, chosen, result);
          chosen = 0;
        }
        if (chosen > 0) this.#sweep(family, chosen, result);
        yield;
      }
    }
    return result;
  }

  close(): void {
    this.#mapping.unmap();
    this.#closingMapping.unmap();
  }

  #sweep(
    family: Family,
    count: number,
    result: { -readonly [K in keyof SweepResult]: SweepResult[K] },
  ): void {
    const call = this.#call;
    call.fill(0);
    call.writeUInt32LE(family === 6 ? RECORD_FAMILY.IPV6 : RECORD_FAMILY.IPV4, SWEEP_CALL.family);
    call.writeUInt32LE(count, SWEEP_CALL.count);
    this.#program.runSyscall(call);
    for (const name of ['expired', 'connections', 'deferred', 'unsent'] as const)
      result[name] += call.readUInt32LE(SWEEP_CALL[name]);
    const drained = call.readUInt32LE(SWEEP_CALL.drained);
    result.expired += drained;
    for (let at = 0; at < drained; at++)
      this.#close(family, this.#closings.subarray(at * CLOSING.size, (at + 1) * CLOSING.size));
  }
}
