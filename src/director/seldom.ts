/** News whose number a stranger decides: of each subject one in ten seconds, with how many were held back since. */

const SILENCE_US = 10_000_000;

export class Seldom {
  readonly #subjects = new Map<string, { quietUntil: number; held: number }>();

  /**
   * @param subject one of a fixed set: the map must not grow with what strangers send
   * @param now microseconds of a clock that does not step back
   * @returns what to say now; undefined to say nothing
   */
  say(subject: string, text: string, now: number): string | undefined {
    const before = this.#subjects.get(subject);
    if (this.due(subject, now)) return before?.held ? `${text} (and ${before.held} more like it)` : text;
    if (before) before.held += 1;
    return undefined;
  }

  /** For news that counts by itself: whether to tell it now, and then not again for a while. */
  due(subject: string, now: number): boolean {
    const before = this.#subjects.get(subject);
    if (before && now < before.quietUntil) return false;
    this.#subjects.set(subject, { quietUntil: now + SILENCE_US, held: 0 });
    return true;
  }
}
