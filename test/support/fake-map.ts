import type { TableMap } from '../../src/datapath/run-table.ts';

/** A map of the kernel's; `written` is called after each change. */
export class FakeMap implements TableMap {
  readonly maxEntries: number;
  readonly #entries = new Map<string, Buffer>();
  readonly #written: () => void;

  constructor(maxEntries: number, written: () => void) {
    this.maxEntries = maxEntries;
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
