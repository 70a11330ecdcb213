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
    if (before && now < before.quietUntil) {
      before.held += 1;
      return undefined;
    }
    this.#subjects.set(subject, { quietUntil: now + SILENCE_US, held: 0 });
    return before?.held ? `${text} (and ${before.held} more like it)` : text;
  }
}
