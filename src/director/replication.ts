/**
 * The rules of a pair that replicates them: what changes here is told to the sync worker, and what the worker fetched
 * from the peer becomes ours. src/sync/rule-exchange.ts does what lies between.
 */
import { judgeRules, type RuleVersion, sameRuleVersion } from '../model/rule-version.ts';
import type { RuleSet } from '../model/rules.ts';
import type { FetchedRules, HeldRules } from '../sync/rule-exchange.ts';
import { decodeRules, encodeRules } from '../wire/rule-bytes.ts';
import { LARGEST_RULES } from '../wire/sync-rules.ts';
import type { Log } from './log.ts';
import type { LostRules } from './lost-rules.ts';
import type { RuleKeeper } from './rule-keeper.ts';
import type { ReplicationStatus } from './status.ts';

export interface ReplicationParts {
  readonly keeper: RuleKeeper;
  readonly lost: Pick<LostRules, 'save'>;
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  /** To the sync worker. */
  readonly tell: (held: HeldRules) => void;
  /** The rules are others now: their addresses too. */
  readonly place: () => Promise<unknown>;
  readonly now: () => Date;
  /** In a few milliseconds: changes by many commands in a row are told as one. */
  readonly soon: (work: () => void) => void;
}

export class Replication {
  readonly #parts: ReplicationParts;
  readonly #on: boolean;
  #waiting = false;
  #closed = false;
  #told: RuleVersion | undefined;
  /** What a peer holds, as far as we know. */
  #agreed: RuleVersion | undefined;
  #refused: string | undefined;

  constructor(on: boolean, parts: ReplicationParts) {
    this.#on = on;
    this.#parts = parts;
  }

  /** The rules may be others than before. */
  changed(): void {
    const { keeper, soon } = this.#parts;
    if (!this.#on || this.#waiting || sameRuleVersion(this.#told, keeper.history.version)) return;
    this.#waiting = true;
    soon(() => this.#tell());
  }

  close(): void {
    this.#closed = true;
  }

  fetched(name: string, { version, base, bytes, like }: FetchedRules): void {
    const { keeper, log } = this.#parts;
    const verdict = judgeRules(keeper.history, { version, base });
    // Ours are newer by now, and the peer hears of them.
    if (verdict === 'keep') return;
    try {
      if (bytes) this.#adopt(name, decodeRules(bytes), version, verdict === 'conflict');
      else if (sameRuleVersion(like, keeper.history.version)) keeper.rename(version);
      else return;
      this.#refused = undefined;
      this.#agreed = version;
    } catch (error) {
      // Of a mistake of the peer, or too little room: the director goes on with what it has, and says so.
      this.#refused = error instanceof Error ? error.message : String(error);
      log.error(`the rules of ${name} cannot be used here, ours stay: ${this.#refused}`);
    }
    this.changed();
  }

  agreed(version: RuleVersion): void {
    this.#agreed = version;
    this.#refused = undefined;
    this.#parts.keeper.agreed(version);
  }

  oneSided(name: string, here: boolean): void {
    const { log } = this.#parts;
    if (here) log.warn(`${name} does not replicate its rules: set "rules: {replicate: true}" there too`);
    else log.info(`${name} would replicate its rules, this director does not: each keeps its own`);
  }

  status(): ReplicationStatus {
    const { version } = this.#parts.keeper.history;
    return {
      replicated: this.#on,
      version: version.counter,
      agreed: this.#on && sameRuleVersion(this.#agreed, version),
      refused: this.#refused ?? null,
    };
  }

  #tell(): void {
    this.#waiting = false;
    if (this.#closed) return;
    const { keeper, tell, log } = this.#parts;
    const bytes = encodeRules(keeper.rules);
    this.#told = keeper.history.version;
    if (bytes.length > LARGEST_RULES) {
      this.#refused = `the rules take ${bytes.length} bytes, and at most ${LARGEST_RULES} are replicated`;
      log.error(this.#refused);
      return;
    }
    tell({ ...keeper.history, bytes });
  }

  #adopt(name: string, theirs: RuleSet, version: RuleVersion, conflict: boolean): void {
    const { keeper, log, place } = this.#parts;
    const { rules, history } = keeper;
    keeper.adopt(theirs, version);
    const what = `rules of ${name} (version ${version.counter}, ${theirs.services.length} services)`;
    if (conflict) this.#keepLost(rules, history.version, what);
    else log.info(`taken over: ${what}`);
    place().catch((error: Error) => log.warn(error.message));
  }

  #keepLost(rules: RuleSet, version: RuleVersion, what: string): void {
    const { lost, log, now } = this.#parts;
    const both = `rules were changed on both directors: those here (version ${version.counter}) gave way to the ${what}`;
    try {
      log.warn(`${both}, and are kept in ${lost.save(rules, version, now())}`);
    } catch (error) {
      log.error(`${both}, and could not be kept: ${(error as Error).message}`);
    }
  }
}
