/** The directors whose records are in the table, in the plane's own map: a daemon that adopts it knows them too. */
import type { BpfMap } from '../native/bpf-map.ts';
import { bytes, u32 } from './codec.ts';
import { SOURCE } from './layouts.generated.ts';

/** Of more senders than the map has room for nothing is remembered: what they sent is never cleaned up. */
export const UNKNOWN_SOURCE = 0xff;
const LARGEST_MARK = 0xff;

interface Entry {
  readonly index: number;
  mark: number;
}

export class SourceTable {
  readonly #map: Pick<BpfMap, 'maxEntries' | 'lookup' | 'update'>;
  readonly #entries = new Map<number, Entry>();
  /** Of all bulk transfers: no two senders' bear the same. */
  #newest = 0;

  constructor(map: Pick<BpfMap, 'maxEntries' | 'lookup' | 'update'>) {
    this.#map = map;
    const value = bytes(SOURCE.size);
    for (let index = 1; index < map.maxEntries; index++) {
      map.lookup(u32(index), value);
      const sender = value.readUInt32LE(SOURCE.sender);
      if (sender === 0) continue;
      const mark = value.readUInt32LE(SOURCE.mark);
      this.#entries.set(sender, { index, mark });
      this.#newest = Math.max(this.#newest, mark);
    }
  }

  /** The number that connections of this sender bear. */
  find(sender: number): number {
    return this.#entry(sender)?.index ?? UNKNOWN_SOURCE;
  }

  /** From 1 to 255, in turn. */
  newMark(sender: number): number {
    const entry = this.#entry(sender);
    if (!entry) return 1;
    this.#newest = (this.#newest % LARGEST_MARK) + 1;
    entry.mark = this.#newest;
    this.#write(sender, entry);
    return entry.mark;
  }

  #entry(sender: number): Entry | undefined {
    const known = this.#entries.get(sender);
    if (known) return known;
    const index = this.#entries.size + 1;
    if (index >= this.#map.maxEntries) return undefined;
    const entry = { index, mark: 0 };
    this.#entries.set(sender, entry);
    this.#write(sender, entry);
    return entry;
  }

  #write(sender: number, { index, mark }: Entry): void {
    const value = bytes(SOURCE.size);
    value.writeUInt32LE(sender, SOURCE.sender);
    value.writeUInt32LE(mark, SOURCE.mark);
    this.#map.update(u32(index), value);
  }
}
