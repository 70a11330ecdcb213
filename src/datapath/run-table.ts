/** An array of the plane that all services share: each has a run of its entries, which packets walk at any moment. */
import { bytes, u32 } from './codec.ts';
import type { HeldChanges } from './held-changes.ts';
import { DatapathError } from './plane.ts';
import { RangeAllocator } from './ranges.ts';

/** What rule tables need of a BPF map; tests hand in one of their own. */
export interface TableMap {
  readonly maxEntries: number;
  lookup(key: Uint8Array, value: Uint8Array): boolean;
  update(key: Uint8Array, value: Uint8Array): void;
  updateMany(keys: Uint8Array, values: Uint8Array): void;
  delete(key: Uint8Array): boolean;
  keys(): Uint8Array[];
}

export interface Run {
  readonly first: number;
  readonly length: number;
}

/** One that a former daemon wrote, with what it wrote there. */
export interface FormerRun extends Run {
  readonly content: Buffer;
}

export class RunTable {
  readonly #map: TableMap;
  readonly #what: string;
  readonly #valueSize: number;
  readonly #changes: HeldChanges;
  readonly #ranges: RangeAllocator;

  /**
   * @param what its entries are, for people
   * @param valueSize bytes of an entry
   */
  constructor(map: TableMap, what: string, valueSize: number, changes: HeldChanges) {
    this.#map = map;
    this.#what = what;
    this.#valueSize = valueSize;
    this.#changes = changes;
    this.#ranges = new RangeAllocator(map.maxEntries);
  }

  adopt(first: number, length: number): FormerRun {
    this.#ranges.reserve(first, length);
    const content = Buffer.alloc(length * this.#valueSize);
    const value = bytes(this.#valueSize);
    for (let index = 0; index < length; index++) {
      if (this.#map.lookup(u32(first + index), value)) value.copy(content, index * this.#valueSize);
    }
    return { first, length, content };
  }

  /** @returns a new run, or the former one when it holds the same. @throws DatapathError `table-full` */
  place(values: readonly Buffer[], former?: FormerRun): Run {
    if (former?.content.equals(Buffer.concat(values))) return former;
    const first = this.#ranges.allocate(values.length);
    if (first === undefined) throw full(this.#what, this.#ranges.size);
    const keys = Buffer.concat(values.map((_, index) => u32(first + index)));
    this.#changes.make(() => this.#map.updateMany(keys, Buffer.concat(values)));
    return { first, length: values.length };
  }

  free({ first, length }: Run): void {
    this.#ranges.free(first, length);
  }
}

export function full(what: string, limit: number): DatapathError {
  return new DatapathError('table-full', `no room for more ${what}: the plane holds ${limit}`);
}
