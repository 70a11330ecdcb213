/**
 * Changes of connections that found no room on their way from the plane to us. Its sweep announces them again; until
 * one has found nothing left to announce, our peers lack something.
 */
import type { Board } from '../board.ts';

/** A sweep that was under way may have passed what was not announced after it: the one after it counts. */
const SWEEPS = 2;

export class Shortfall {
  readonly #board: Board;
  #overflows: number;
  #untold = 0;
  #until = 0;

  /** @param overflows of the plane's ring, until now */
  constructor(board: Board, overflows: number) {
    this.#board = board;
    this.#overflows = overflows;
  }

  /** About how many; 0: all is told. */
  get count(): number {
    return this.#untold === 0 ? 0 : Math.max(this.#board.get('unsent'), 1);
  }

  /** @returns how many are new */
  turn(overflows: number): number {
    const fresh = Math.max(0, overflows - this.#overflows);
    this.#overflows = overflows;
    const sweeps = this.#board.get('sweeps');
    if (fresh > 0) this.#until = sweeps + SWEEPS;
    this.#untold += fresh;
    if (sweeps >= this.#until && this.#board.get('unsent') === 0) this.#untold = 0;
    return fresh;
  }
}
