/** Log lines whose number a stranger on the network decides: one for each subject in a while, then a sum. */
import type { LogLevel } from './messages.ts';

const SILENCE_US = 10_000_000;

export class BoundedLog {
  readonly #write: (level: LogLevel, text: string) => void;
  readonly #subjects = new Map<string, { quietUntil: number; suppressed: number }>();

  constructor(write: (level: LogLevel, text: string) => void) {
    this.#write = write;
  }

  /** @param subject one of a fixed set: the map must not grow with what strangers send */
  say(level: LogLevel, subject: string, text: string, now: number): void {
    const before = this.#subjects.get(subject);
    if (before && now < before.quietUntil) {
      before.suppressed += 1;
      return;
    }
    const more = before?.suppressed ? ` (and ${before.suppressed} more like it)` : '';
    this.#subjects.set(subject, { quietUntil: now + SILENCE_US, suppressed: 0 });
    this.#write(level, `${text}${more}`);
  }
}
