/** A frame that waits. */
interface Held {
  readonly frame: Buffer;
  readonly to: number;
  /** Microseconds. */
  readonly due: number;
}

/** Frames in the order in which they are due. */
export class HeldFrames {
  readonly #held: Held[] = [];

  get length(): number {
    return this.#held.length;
  }

  get next(): Held | undefined {
    return this.#held.at(-1);
  }

  add(held: Held): void {
    let low = 0;
    let high = this.#held.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      // The next one stands last, where it is taken without moving the others; equals keep their order.
      if ((this.#held[middle]?.due ?? 0) > held.due) low = middle + 1;
      else high = middle;
    }
    this.#held.splice(low, 0, held);
  }

  take(): Held | undefined {
    return this.#held.pop();
  }
}
