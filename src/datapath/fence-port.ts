/** The lease in the XDP plane's map. */
import type { BpfMap } from '../native/libbpf.ts';
import { leaseBytes, readLease, u32 } from './codec.ts';
import { LEASE } from './layouts.generated.ts';
import type { FencePort } from './ports.ts';

const ZERO = u32(0);
const NS_PER_US = 1000n;

export class BpfFence implements FencePort {
  readonly #map: BpfMap;

  constructor(map: BpfMap) {
    this.#map = map;
  }

  open(until: number, term: number): void {
    this.#map.update(ZERO, leaseBytes({ until: BigInt(Math.trunc(until)) * NS_PER_US, term, stale: false }));
  }

  close(): void {
    this.#map.update(ZERO, leaseBytes({ ...this.#read(), until: 0n }));
  }

  read(): { until: number; term: number } {
    const { until, term } = this.#read();
    return { until: Number(until / NS_PER_US), term };
  }

  setStale(stale: boolean): void {
    this.#map.update(ZERO, leaseBytes({ ...this.#read(), stale }));
  }

  #read() {
    const value = Buffer.allocUnsafeSlow(LEASE.size);
    this.#map.lookup(ZERO, value);
    return readLease(value);
  }
}
