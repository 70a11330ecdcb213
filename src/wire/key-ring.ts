/**
 * The keys that a director has now. It opens what any of them sealed, and seals with the newest that all its peers can
 * open, so that a key is added on one director after the other, in any order, and nothing is refused between.
 */
import type { SealKey } from './seal-key.ts';

export class KeyRing {
  #keys: readonly SealKey[];
  #sealing: SealKey | undefined;
  /** Ids that each peer opens. */
  #peers: readonly (readonly number[])[] = [];

  /** @param keys the newest last; none: everything travels in clear */
  constructor(keys: readonly SealKey[] = []) {
    this.#keys = keys;
    this.#sealing = keys.at(-1);
  }

  /** Ids, the newest last. */
  get ids(): readonly number[] {
    return this.#keys.map(({ id }) => id);
  }

  /** The one to seal with. */
  get sealing(): SealKey | undefined {
    return this.#sealing;
  }

  get(id: number): SealKey | undefined {
    return this.#keys.find((key) => key.id === id);
  }

  replace(keys: readonly SealKey[]): void {
    this.#keys = keys;
    this.#choose();
  }

  /** What the peers say that they open. One that has said nothing yet is none of them. */
  heed(peers: readonly (readonly number[])[]): void {
    this.#peers = peers;
    this.#choose();
  }

  #choose(): void {
    const common = this.#keys.filter(({ id }) => this.#peers.every((ids) => ids.includes(id)));
    // Without a common one nobody hears us; they know our newest sooner or later.
    this.#sealing = common.at(-1) ?? this.#keys.at(-1);
  }
}
