/** The lease in the XDP plane's map. */
import { BpfMap } from '../native/bpf-map.ts';
import { leaseBytes, readLease, u32 } from './codec.ts';
import { LEASE } from './layouts.generated.ts';
import type { FenceShare } from './plane.ts';
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

/** The lease of a plane that a former daemon left, before anything of it is loaded; undefined when there is none. */
export function pinnedLease(pins: string): FenceShare | undefined {
  const map = BpfMap.openPinned(`${pins}/lease`, { keySize: 4, valueSize: LEASE.size, maxEntries: 1 });
  if (!map) return undefined;
  const { fd, keySize, valueSize, maxEntries } = map;
  return { kind: 'xdp', lease: { fd, keySize, valueSize, maxEntries } };
}
