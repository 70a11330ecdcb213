/**
 * Whether the daemon's other threads still turn: no zombie masters. A director whose main thread or sync
 * worker stands still would go on collecting connections that nobody syncs and commands that nobody obeys.
 */
import type { Board } from '../board.ts';

/**
 * Garbage collection and a slow disk cost well below a second; a thread that is silent for 3 s is stuck. With
 * slow advertisements the peer needs 3 intervals to notice anything at all, so 10 of them are soon enough.
 */
export function stallBound(advertUs: number): number {
  return Math.max(3_000_000, 10 * advertUs);
}

export class Liveness {
  readonly #board: Board;
  readonly #boundUs: number;
  /** When this thread itself last came back from a long sleep: the others need a moment too. */
  #awakeSince = 0;
  #checkedAt = 0;

  constructor(board: Board, advertUs: number) {
    this.#board = board;
    this.#boundUs = stallBound(advertUs);
  }

  /** The name of a thread that stands still. One that never wrote to the board is not watched. */
  stalled(now: number): string | undefined {
    if (now - this.#checkedAt > this.#boundUs / 2) this.#awakeSince = now;
    this.#checkedAt = now;
    if (this.#silent('mainAliveAt', now)) return 'main thread';
    if (this.#silent('syncAliveAt', now)) return 'sync worker';
    return undefined;
  }

  #silent(field: 'mainAliveAt' | 'syncAliveAt', now: number): boolean {
    const aliveAt = this.#board.get(field);
    return aliveAt > 0 && now - Math.max(aliveAt, this.#awakeSince) > this.#boundUs;
  }
}
