/**
 * The rules that a running plane carries, beside it in /run: as in IPVS, rules outlive the daemon that set them.
 * A daemon that adopts the plane goes on with them; they vanish with the plane, at a clean stop or a reboot.
 */
import { readFileSync } from 'node:fs';
import type { RuleHistory } from '../model/rule-version.ts';
import { EMPTY_RULES, type RuleSet } from '../model/rules.ts';
import type { SyncDaemon } from '../model/sync-daemon.ts';
import { writeWhole } from './whole-file.ts';

export interface SavedRules {
  readonly rules: RuleSet;
  readonly sync: readonly SyncDaemon[];
  /** Absent in files of versions that replicated nothing. */
  readonly history?: RuleHistory;
}

export class SavedRulesFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Undefined when there is none that can be read: the configuration then rules. */
  read(): SavedRules | undefined {
    try {
      const saved = JSON.parse(readFileSync(this.#path, 'utf8')) as Partial<SavedRules>;
      const { rules, sync, history } = saved;
      // What a former version did not know yet is as it was there.
      return rules && sync
        ? { rules: { ...EMPTY_RULES, ...rules }, sync, ...(history && { history }) }
        : undefined;
    } catch {
      return undefined;
    }
  }

  write(saved: SavedRules): void {
    writeWhole(this.#path, saved);
  }
}
