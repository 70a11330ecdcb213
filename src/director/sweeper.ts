/** Sweeps the plane's table again and again, a little at a time: a large table must not keep us from anything else. */
import { performance } from 'node:perf_hooks';
import type { Plane } from '../datapath/plane.ts';
import type { Board } from './board.ts';

const EVERY_MS = 1000;
/** For each part of the time that a slice takes, so many are others'. */
const OTHERS = 4;

export class Sweeper {
  readonly #plane: Plane;
  readonly #board: Board;
  #timer: NodeJS.Timeout | undefined;
  #connections = 0;

  constructor(plane: Plane, board: Board) {
    this.#plane = plane;
    this.#board = board;
  }

  /** What the last sweep counted. */
  get connections(): number {
    return this.#connections;
  }

  /** Sweeps once in one piece, and from then on in slices. */
  start(): void {
    this.#tell(this.#plane.sweep());
    this.#later(EVERY_MS, () => this.#begin());
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #begin(): void {
    const next = performance.now() + EVERY_MS;
    const slices = this.#plane.sweepSlices();
    const step = () => {
      const began = performance.now();
      const { done, value } = slices.next();
      if (!done) return this.#later(OTHERS * (performance.now() - began), step);
      this.#tell(value);
      this.#later(next - performance.now(), () => this.#begin());
    };
    step();
  }

  #later(ms: number, then: () => void): void {
    this.#timer = setTimeout(then, Math.max(1, ms));
  }

  #tell({ connections, unsent }: ReturnType<Plane['sweep']>): void {
    this.#connections = connections;
    this.#board.set('connections', connections);
    this.#board.set('unsent', unsent);
    this.#board.set('sweeps', this.#board.get('sweeps') + 1);
  }
}
