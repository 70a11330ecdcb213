/**
 * Splits a command line as popt 1.19 does: clusters (`-Lnc`, `-mw 5`), values glued on or apart (`-tVALUE`,
 * `-t=VALUE`, `--opt=VALUE`, `--opt VALUE`), full long names only, words of no option kept for later.
 * Options come one at a time, because ipvsadm checks each value before it reads the next word.
 */
import type { OptionSpec } from './options.ts';
import { UsageError } from './usage-error.ts';

export interface FoundOption {
  readonly spec: OptionSpec;
  readonly value?: string;
  /** The word of the command line that it stands in. */
  readonly word: string;
}

export class PoptReader {
  readonly #argv: readonly string[];
  readonly #table: readonly OptionSpec[];
  #at = 0;
  #cluster = '';
  #onlyWords = false;
  /** Words that belong to no option so far. */
  readonly leftovers: string[] = [];

  constructor(argv: readonly string[], table: readonly OptionSpec[]) {
    this.#argv = argv;
    this.#table = table;
  }

  /**
   * The next option, or undefined at the end.
   * @throws UsageError exit 255 on an unknown option, a missing value, or one too many
   */
  next(): FoundOption | undefined {
    while (this.#cluster === '') {
      const word = this.#argv[this.#at];
      if (word === undefined) return undefined;
      this.#at += 1;
      if (this.#onlyWords || !word.startsWith('-') || word === '-') this.leftovers.push(word);
      else if (word === '--') this.#onlyWords = true;
      else if (word.startsWith('--')) return this.#long(word);
      else this.#cluster = word.slice(1);
    }
    return this.#short();
  }

  #long(word: string): FoundOption {
    const equals = word.indexOf('=');
    const name = word.slice(2, equals < 0 ? undefined : equals);
    const spec = this.#table.find((one) => one.long === name);
    if (!spec) throw this.#error('unknown option', this.#word());
    return this.#withValue(spec, equals < 0 ? undefined : word.slice(equals + 1));
  }

  #short(): FoundOption {
    const letter = this.#cluster.slice(0, 1);
    const rest = this.#cluster.slice(1);
    const spec = this.#table.find((one) => one.short === letter);
    if (!spec) throw this.#error('unknown option', this.#word());
    if (spec.argument === 'none' && !rest.startsWith('=')) {
      this.#cluster = rest;
      return { spec, word: this.#word() };
    }
    this.#cluster = '';
    return this.#withValue(spec, rest === '' ? undefined : rest.replace(/^=/, ''));
  }

  #withValue(spec: OptionSpec, glued: string | undefined): FoundOption {
    const word = this.#word();
    if (spec.argument === 'none') {
      if (glued !== undefined) throw this.#error('option does not take an argument');
      return { spec, word };
    }
    if (glued !== undefined) return { spec, word, value: glued };
    const next = this.#argv[this.#at];
    if (spec.argument === 'optional' && (next === undefined || next.startsWith('-'))) return { spec, word };
    if (next === undefined) throw this.#error('missing argument');
    this.#at += 1;
    return { spec, word, value: next };
  }

  #word(): string {
    return this.#argv[this.#at - 1] ?? '';
  }

  #error(reason: string, word?: string): UsageError {
    return new UsageError(`${this.#word()}: ${reason}`, 255, false, word);
  }
}
