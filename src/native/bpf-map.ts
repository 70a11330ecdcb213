/** BPF maps. Keys and values are bytes in the kernel's layout. */
import { constants } from 'node:os';
import { libbpf, orThrow } from './libbpf.ts';

const { ENOENT, ENOSPC } = constants.errno;

/** bpf(2): create or update. */
const BPF_ANY = 0n;

export function possibleCpus(): number {
  return orThrow('libbpf_num_possible_cpus', libbpf.possibleCpus());
}

export interface MapSizes {
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
}

export class BpfMap {
  readonly fd: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;

  constructor(fd: number, keySize: number, valueSize: number, maxEntries: number) {
    this.fd = fd;
    this.keySize = keySize;
    this.valueSize = valueSize;
    this.maxEntries = maxEntries;
  }

  /** Undefined when nothing is pinned there. The caller knows the sizes that the map was made with. */
  static openPinned(path: string, sizes: MapSizes): BpfMap | undefined {
    const fd: number = libbpf.get(path);
    return fd < 0 ? undefined : new BpfMap(fd, sizes.keySize, sizes.valueSize, sizes.maxEntries);
  }

  /** Fills `value`; false when there is no such key. A per-CPU map fills one value of 8-byte multiples a CPU. */
  lookup(key: Uint8Array, value: Uint8Array): boolean {
    const result: number = libbpf.lookup(this.fd, key, value);
    if (result === -ENOENT) return false;
    orThrow('bpf_map_lookup_elem', result);
    return true;
  }

  update(key: Uint8Array, value: Uint8Array): void {
    orThrow('bpf_map_update_elem', libbpf.update(this.fd, key, value, BPF_ANY));
  }

  /** Many at once. @param keys as many as values, one behind the other */
  updateMany(keys: Uint8Array, values: Uint8Array): void {
    if (keys.length === 0) return;
    const count = Buffer.allocUnsafeSlow(4);
    count.writeUInt32LE(keys.length / this.keySize);
    orThrow('bpf_map_update_batch', libbpf.updateBatch(this.fd, keys, values, count, null));
  }

  /** False when there was no such key. */
  delete(key: Uint8Array): boolean {
    const result: number = libbpf.delete(this.fd, key);
    if (result === -ENOENT) return false;
    orThrow('bpf_map_delete_elem', result);
    return true;
  }

  /** All keys, copied before the first is returned, so that the caller may delete. For small maps. */
  keys(): Uint8Array[] {
    const found: Uint8Array[] = [];
    let previous: Uint8Array | null = null;
    for (;;) {
      const next = Buffer.allocUnsafeSlow(this.keySize);
      const result: number = libbpf.nextKey(this.fd, previous, next);
      if (result === -ENOENT) return found;
      orThrow('bpf_map_get_next_key', result);
      found.push(next);
      previous = next;
    }
  }

  /**
   * Walks a hash map in chunks. The views are valid until the next step. An entry that is there all the time is
   * seen, once; of those that come or go meanwhile some are. (The kernel walks bucket by bucket, each under its lock:
   * kernel/bpf/hashtab.c, __htab_map_lookup_and_delete_batch.)
   */
  *chunks(size: number): Generator<{ count: number; keys: Buffer; values: Buffer }> {
    let cursor: Buffer | null = null;
    let spare: Buffer = Buffer.allocUnsafeSlow(Math.max(4, this.keySize));
    let wanted = size;
    let keys = Buffer.allocUnsafeSlow(wanted * this.keySize);
    let values = Buffer.allocUnsafeSlow(wanted * this.valueSize);
    const count = Buffer.allocUnsafeSlow(4);
    for (;;) {
      const next: Buffer = spare;
      count.writeUInt32LE(wanted);
      const result: number = libbpf.lookupBatch(this.fd, cursor, next, keys, values, count, null);
      // One bucket holds more than the chunk.
      if (result === -ENOSPC && wanted < this.maxEntries) {
        wanted *= 2;
        keys = Buffer.allocUnsafeSlow(wanted * this.keySize);
        values = Buffer.allocUnsafeSlow(wanted * this.valueSize);
        continue;
      }
      // This was the last chunk.
      const end = result === -ENOENT;
      if (!end) orThrow('bpf_map_lookup_batch', result);
      const got = count.readUInt32LE();
      if (got > 0) yield { count: got, keys, values };
      if (end) return;
      spare = cursor ?? Buffer.allocUnsafeSlow(next.length);
      cursor = next;
    }
  }
}
