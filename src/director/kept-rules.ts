/**
 * Rules that outlive even the plane: a file on disk, where the configuration says `rules: {keep: true}`. It is written
 * before anybody hears that an edit applied, whole or not at all, also when the power fails meanwhile.
 */
import { readFileSync } from 'node:fs';
import type { RuleEdit } from '../model/edit.ts';
import type { RuleHistory } from '../model/rule-version.ts';
import type { RuleSet, VirtualService } from '../model/rules.ts';
import { DirectorError } from './api.ts';
import { writeWhole } from './whole-file.ts';

interface Kept extends RuleSet {
  readonly history?: RuleHistory;
}

export class KeptRules {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * As edits of an empty rule set, which are checked like any others; undefined before the first time.
   * @throws DirectorError `bad-rules` when there is something else there
   */
  read(): readonly RuleEdit[] | undefined {
    try {
      return editsOf(JSON.parse(readFileSync(this.#path, 'utf8')) as RuleSet);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return undefined;
      throw this.refusal(message);
    }
  }

  /** Why what is kept cannot be used. */
  refusal(why: string): DirectorError {
    return new DirectorError(
      'bad-rules',
      `the kept rules in ${this.#path} cannot be used: ${why}: repair the file, or remove it to begin from the configuration`,
    );
  }

  /** Whose rules they are, where a director wrote it down. */
  history(): RuleHistory | undefined {
    try {
      return (JSON.parse(readFileSync(this.#path, 'utf8')) as Kept).history;
    } catch {
      return undefined;
    }
  }

  /** @throws DirectorError `not-kept` */
  write(rules: RuleSet, history: RuleHistory): void {
    try {
      writeWhole(this.#path, { ...rules, history } satisfies Kept, 'durable');
    } catch (error) {
      throw new DirectorError(
        'not-kept',
        `the rules are in force, but ${this.#path} could not be written: ${(error as Error).message}`,
      );
    }
  }
}

/** Without marks in files of versions that had none. */
function editsOf({ services, timeouts, vlanFlag, marks = [] }: RuleSet): readonly RuleEdit[] {
  return [
    { op: 'set-timeouts', timeouts },
    { op: 'set-vlanflag', on: vlanFlag },
    ...marks.map((mark): RuleEdit => ({ op: 'add-mark', mark })),
    ...services.flatMap(editsOfService),
  ];
}

function editsOfService({ id, servers, locals, ...settings }: VirtualService): readonly RuleEdit[] {
  return [
    { op: 'add-service', id, settings },
    ...servers.map((server): RuleEdit => ({ op: 'add-server', id, server })),
    ...locals.map((local): RuleEdit => ({ op: 'add-local', id, local })),
  ];
}
