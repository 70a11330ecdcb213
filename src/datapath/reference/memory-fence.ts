/** The lease of the memory plane: shared memory instead of a BPF map. */
import type { FencePort } from '../ports.ts';

const UNTIL = 0;
const TERM = 1;
const STALE = 2;

export class MemoryFence implements FencePort {
  readonly #values: BigInt64Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(24)) {
    this.#values = new BigInt64Array(buffer);
  }

  open(until: number, term: number): void {
    this.#set(UNTIL, until);
    this.#set(TERM, term);
    this.#set(STALE, 0);
  }

  close(): void {
    this.#set(UNTIL, 0);
  }

  read(): { until: number; term: number } {
    return { until: this.#get(UNTIL), term: this.#get(TERM) };
  }

  setStale(stale: boolean): void {
    this.#set(STALE, stale ? 1 : 0);
  }

  isStale(): boolean {
    return this.#get(STALE) !== 0;
  }

  #get(field: number): number {
    return Number(Atomics.load(this.#values, field));
  }

  #set(field: number, value: number): void {
    Atomics.store(this.#values, field, BigInt(Math.trunc(value)));
  }
}
