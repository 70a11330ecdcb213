/**
 * The rules that a running plane carries, beside it in /run: as in IPVS, rules outlive the daemon that set them.
 * A daemon that adopts the plane goes on with them; they vanish with the plane, at a clean stop or a reboot.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RuleSet } from '../model/rules.ts';
import type { SyncDaemon } from '../model/sync-daemon.ts';

export interface SavedRules {
  readonly rules: RuleSet;
  readonly sync: readonly SyncDaemon[];
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
      return saved.rules && saved.sync ? { rules: saved.rules, sync: saved.sync } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Whole or not at all, also when the daemon is killed meanwhile. */
  write(saved: SavedRules): void {
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    const next = `${this.#path}.next`;
    writeFileSync(next, JSON.stringify(saved), { mode: 0o600 });
    renameSync(next, this.#path);
  }
}
