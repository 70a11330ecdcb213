/** Sums of per-CPU counters. */
import { type BpfMap, possibleCpus } from '../native/bpf-map.ts';
import { bytes, u32 } from './codec.ts';

const cpus = possibleCpus();

/** The sum over all CPUs of the 64-bit counter at `offset` in entry `index`. */
export function readPerCpu(map: BpfMap, index: number, offset = 0): number {
  const [sum = 0] = readPerCpuFields(map, index, [offset]);
  return sum;
}

export function readPerCpuFields(map: BpfMap, index: number, offsets: readonly number[]): number[] {
  const values = bytes(cpus * map.valueSize);
  map.lookup(u32(index), values);
  return offsets.map((offset) => {
    let sum = 0n;
    for (let cpu = 0; cpu < cpus; cpu++) sum += values.readBigUInt64LE(cpu * map.valueSize + offset);
    return Number(sum);
  });
}

/** Gives entry `index` this value on the first CPU, and zero on the others. */
export function writePerCpuFields(map: BpfMap, index: number, fields: ReadonlyMap<number, number>): void {
  const values = bytes(cpus * map.valueSize);
  for (const [offset, value] of fields) values.writeBigUInt64LE(BigInt(value), offset);
  map.update(u32(index), values);
}
