/** Changes to the kernel: made at once, or held back until all are known, so that a failure before that changes nothing. */
export class HeldChanges {
  #held: Array<() => void> | undefined;

  get held(): boolean {
    return this.#held !== undefined;
  }

  /** From now on nothing is changed before {@link carryOut}. */
  hold(): void {
    this.#held = [];
  }

  make(change: () => void): void {
    if (this.#held) this.#held.push(change);
    else change();
  }

  /** Makes what was held back, in its order; what comes after it is made at once. */
  carryOut(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const change of held) change();
  }
}
