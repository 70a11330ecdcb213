/** Which keys this director opens and seals with, and what of that its peers have said that they open. */
import type { Peer } from '../../sync/peer.ts';
import type { Peers } from '../../sync/peers.ts';
import { KeyRing } from '../../wire/key-ring.ts';
import { keyName, type SealKey } from '../../wire/seal-key.ts';
import { DirectorError } from '../api.ts';
import type { SyncKeys } from '../status.ts';
import type { SyncEvent } from './messages.ts';

export class KeyDesk {
  readonly ring: KeyRing;
  readonly #peers: Peers;
  readonly #report: (event: SyncEvent) => void;
  /** By the last heartbeat of each. */
  readonly #opens = new WeakMap<Peer, readonly number[]>();

  /** @param keys the newest last; none: everything travels in clear */
  constructor(keys: readonly SealKey[], peers: Peers, report: (event: SyncEvent) => void) {
    this.ring = new KeyRing(keys);
    this.#peers = peers;
    this.#report = report;
  }

  /** Whoever sealed a heartbeat has a key of ours, also when we do not know yet whether it is a recording. */
  heard(peer: Peer, opens: readonly number[]): void {
    this.#opens.set(peer, opens);
    this.#choosing(() => this.ring.heed(this.#said().map(({ ids }) => ids)));
  }

  /**
   * Other keys from now on.
   * @throws DirectorError `key-unknown` when a peer opens none of them; then nothing has changed
   */
  replace(keys: readonly SealKey[]): void {
    for (const { name, ids } of this.#said()) {
      if (keys.some(({ id }) => ids.includes(id))) continue;
      const theirs = ids.map(keyName).join(' and ');
      const ours = keys.map(({ id }) => keyName(id)).join(' and ');
      throw new DirectorError(
        'key-unknown',
        `the peer ${name} opens key ${theirs}, and the file holds ${ours}: leave one that both have in it, until the peer has the new one`,
      );
    }
    this.#choosing(() => this.ring.replace(keys));
  }

  status(): SyncKeys {
    const { sealing, ids } = this.ring;
    const peer = this.#said()[0]?.ids ?? [];
    return {
      sealing: sealing ? keyName(sealing.id) : null,
      opened: ids.map(keyName),
      peer: peer.map(keyName),
    };
  }

  /** Those that are no recording count, where there is one. The nearest first. */
  #said(): { readonly name: string; readonly ids: readonly number[] }[] {
    const all = [...this.#peers].toSorted((a, b) => b.heartbeatAt - a.heartbeatAt);
    const live = all.filter((peer) => peer.live);
    return (live.length > 0 ? live : all).flatMap((peer) => {
      const ids = this.#opens.get(peer);
      return ids && ids.length > 0 ? [{ name: peer.heartbeat?.name ?? String(peer.sender), ids }] : [];
    });
  }

  #choosing(change: () => void): void {
    const before = this.ring.sealing;
    change();
    const now = this.ring.sealing;
    if (now && now.id !== before?.id) this.#report({ type: 'sealing', key: keyName(now.id) });
  }
}
