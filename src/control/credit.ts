/**
 * How much of a stream its reader has asked for. A slow reader gets no more than that into its buffers, and
 * the other calls on the same socket do not wait behind it.
 */
export class Credit {
  /** Resolves when the stream is not wanted any longer. */
  readonly cancelled: Promise<void>;
  #left: number;
  #ended = false;
  #wake: () => void = () => {};
  #cancel: () => void = () => {};

  constructor(initial: number) {
    this.#left = initial;
    this.cancelled = new Promise((resolve) => {
      this.#cancel = resolve;
    });
  }

  grant(more: number): void {
    this.#left += more;
    this.#wake();
  }

  cancel(): void {
    this.#ended = true;
    this.#cancel();
    this.#wake();
  }

  /** Waits for credit and uses one. @returns false when the stream was cancelled */
  async take(): Promise<boolean> {
    while (this.#left === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#ended) return false;
    this.#left--;
    return true;
  }
}
