/** Holds the connection tables of two planes against each other: every tuple and its state, of a million fast. */
import { closeSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIRECTION, FLOW, FLOW_KEY } from '../../src/datapath/layouts.generated.ts';
import { BpfMap } from '../../src/native/bpf-map.ts';
import { libbpf, orThrow } from '../../src/native/libbpf.ts';

const CHUNK = 16_384;
/** Differences that are told. */
const TOLD = 5;

export interface Digest {
  readonly connections: number;
  /** The same for equal tables in whatever order; of others the same once in 2^64. */
  readonly sum: string;
}

/** A table that another process has pinned. */
export class PinnedTable {
  readonly #map: BpfMap;

  /** @param pins the directory of a plane's pins */
  constructor(pins: string) {
    const path = join(pins, 'flows');
    const fd = orThrow(`open ${path}`, libbpf.get(path));
    const about = readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8');
    const number = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(about)?.[1]);
    this.#map = new BpfMap(fd, number('key_size'), number('value_size'), number('max_entries'));
  }

  digest(): Digest {
    let connections = 0;
    let [low, high] = [0, 0];
    this.#each((hash, other) => {
      connections++;
      low = (low + hash) >>> 0;
      high = (high + other) >>> 0;
    });
    return { connections, sum: `${high.toString(16)}-${low.toString(16)}` };
  }

  /** State by tuple: client, virtual, local, server. For people who look for the difference. */
  states(): Map<string, number> {
    const found = new Map<string, number>();
    this.#each((_hash, _other, keys, key, values, value) => {
      const text = [
        keys.toString('hex', key, key + FLOW_KEY.protocol + 1),
        values.toString('hex', value + FLOW.source, value + FLOW.direction),
      ];
      found.set(text.join(' '), values[value + FLOW.stateFlags] ?? 0);
    });
    return found;
  }

  close(): void {
    closeSync(this.#map.fd);
  }

  #each(
    visit: (hash: number, other: number, keys: Buffer, key: number, values: Buffer, value: number) => void,
  ): void {
    const { keySize, valueSize } = this.#map;
    for (const { count, keys, values } of this.#map.chunks(CHUNK)) {
      const [keyWords, valueWords] = [words(keys), words(values)];
      for (let index = 0; index < count; index++) {
        const value = index * valueSize;
        if (values[value + FLOW.direction] !== DIRECTION.DIRECTION_REQUEST) continue;
        let [hash, other] = [0x811c9dc5, 0x9747b28c];
        const take = (word: number): void => {
          hash = mixed(hash ^ word, 0x85ebca6b);
          other = mixed(other ^ word, 0xcc9e2d51);
        };
        const key = index * keySize;
        for (let at = key >> 2; at < (key + keySize) >> 2; at++) take(keyWords[at] ?? 0);
        for (let at = (value + FLOW.source) >> 2; at < (value + FLOW.direction) >> 2; at++) {
          take(valueWords[at] ?? 0);
        }
        take(values[value + FLOW.stateFlags] ?? 0);
        visit(hash, other, keys, key, values, value);
      }
    }
  }
}

/** What differs, in words; empty when nothing does. */
export function differences(one: PinnedTable, other: PinnedTable): string[] {
  const [here, there] = [one.states(), other.states()];
  const lacking = [...here].filter(([tuple]) => !there.has(tuple)).map(([tuple]) => tuple);
  const more = [...there].filter(([tuple]) => !here.has(tuple)).map(([tuple]) => tuple);
  const unlike = [...here].filter(([tuple, state]) => there.has(tuple) && there.get(tuple) !== state);
  const told = [
    ...lacking.slice(0, TOLD).map((tuple) => `only in the first, state ${here.get(tuple)}: ${tuple}`),
    ...more.slice(0, TOLD).map((tuple) => `only in the second, state ${there.get(tuple)}: ${tuple}`),
    ...unlike
      .slice(0, TOLD)
      .map(([tuple, state]) => `state ${state} in the first, ${there.get(tuple)} in the second: ${tuple}`),
  ];
  if (told.length === 0) return [];
  const counts = `${lacking.length} only in the first, ${more.length} only in the second, ${unlike.length} in other states`;
  return [counts, ...told];
}

const words = (bytes: Buffer): Uint32Array =>
  new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);

/** A step of MurmurHash3's finalizer: every bit of the word moves every bit of the hash. */
function mixed(hash: number, factor: number): number {
  let x = Math.imul(hash ^ (hash >>> 16), factor);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
