/** The senders that are heard on the channel: one in a pair, bounded whoever sends. */
import type { FrameId } from '../wire/seal.ts';
import { SyncWireError } from '../wire/sync-error.ts';
import { type Held, Peer } from './peer.ts';
import type { StreamCounts } from './stream.ts';

const MOST_PEERS = 8;

export class Peers {
  readonly #peers = new Map<number, Peer>();
  readonly #held: Held | undefined;
  readonly #newMark: (sender: number) => number;

  /** @param newMark gives the mark of a sender's next bulk transfer */
  constructor(held?: Held, newMark: (sender: number) => number = () => 1) {
    this.#held = held;
    this.#newMark = newMark;
  }

  [Symbol.iterator](): IterableIterator<Peer> {
    return this.#peers.values();
  }

  get size(): number {
    return this.#peers.size;
  }

  get(sender: number): Peer | undefined {
    return this.#peers.get(sender);
  }

  /** The one whose heartbeat is newest: in a pair, the other director. */
  get nearest(): Peer | undefined {
    let nearest: Peer | undefined;
    for (const peer of this) if (!nearest || peer.heartbeatAt > nearest.heartbeatAt) nearest = peer;
    return nearest;
  }

  /** With no peer ever heard we do not know what we lack. A recording says nothing about it. */
  get synced(): boolean {
    return this.#every((peer) => peer.synced);
  }

  /**
   * What we do not name in a bulk transfer is gone: our plane has held the whole table of each of them once, and lacks
   * nothing now but what those have who ask.
   */
  get complete(): boolean {
    return this.#every((peer) => peer.everWhole && (peer.synced || peer.asking));
  }

  /** @throws SyncWireError `peers` when there is no room for another sender */
  admit(frame: FrameId): Peer {
    const known = this.#peers.get(frame.sender);
    if (known) return known;
    if (this.#peers.size >= MOST_PEERS)
      throw new SyncWireError('peers', `more than ${MOST_PEERS} senders on the channel`);
    const held = this.#held?.sender === frame.sender ? this.#held : undefined;
    const peer = new Peer(frame, held, () => this.#newMark(frame.sender));
    this.#peers.set(frame.sender, peer);
    return peer;
  }

  /**
   * Forgets senders that have been silent since then, but never the last one: its table is what we may have
   * to carry on with.
   */
  forget(since: number): Peer[] {
    if (this.#peers.size < 2) return [];
    const { nearest } = this;
    const gone = [...this].filter((peer) => peer.heardAt < since && peer !== nearest);
    for (const peer of gone) this.#peers.delete(peer.sender);
    return gone;
  }

  /** To be called each turn. @returns what to add to the counters */
  turn(now: number): StreamCounts {
    let gaps = 0;
    let lost = 0;
    for (const peer of this) {
      const counts = peer.turn(now);
      gaps += counts.gaps;
      lost += counts.lost;
    }
    return { gaps, lost };
  }

  #every(holds: (peer: Peer) => boolean): boolean {
    const live = [...this].filter((peer) => peer.live && !peer.givenUp);
    return live.length > 0 && live.every(holds);
  }
}
