import type { TableMap } from '../../src/datapath/run-table.ts';

/** A map of the kernel's; `written` is called after each change. */
export class FakeMap implements TableMap {
  readonly maxEntries: number;
  readonly #entries = new Map<string, Buffer>();
  readonly #written: () => void;
  readonly #keySize: number;

  constructor(maxEntries: number, written: () => void, keySize = 4) {
    this.maxEntries = maxEntries;
    this.#keySize = keySize;
    this.#written = written;
  }

  lookup(key: Uint8Array, value: Uint8Array): boolean {
    const found = this.#entries.get(name(key));
    if (found) value.set(found);
    return found !== undefined;
  }

  update(key: Uint8Array, value: Uint8Array): void {
    this.#entries.set(name(key), Buffer.from(value));
    this.#written();
  }

  updateMany(keys: Uint8Array, values: Uint8Array): void {
    const count = keys.length / this.#keySize;
    const each = values.length / count;
    for (let at = 0; at < count; at++) {
      const key = keys.subarray(at * this.#keySize, (at + 1) * this.#keySize);
      this.update(key, values.subarray(at * each, (at + 1) * each));
    }
  }

  delete(key: Uint8Array): boolean {
    const found = this.#entries.delete(name(key));
    this.#written();
    return found;
  }

  keys(): Uint8Array[] {
    return [...this.#entries.keys()].map((key) => Buffer.from(key, 'hex'));
  }

  content(): Map<string, string> {
    return new Map([...this.#entries].map(([key, value]) => [key, value.toString('hex')]));
  }

  number(index: number): number {
    return this.#entries.get(name(u32(index)))?.readUInt32LE() ?? 0;
  }

  value(key: Uint8Array): Buffer {
    return this.#entries.get(name(key)) ?? Buffer.alloc(64);
  }
}

/** A key as text. */
export const name = (key: Uint8Array) => Buffer.from(key).toString('hex');

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
