/** The rule set of this director: edited, put into the plane, and saved beside it. */
import { checkCarried } from '../datapath/carried.ts';
import type { Plane } from '../datapath/plane.ts';
import { DatapathError } from '../datapath/plane.ts';
import { checkRules } from '../model/check-rules.ts';
import { type RuleEdit, RuleEditor, refuseMixedFamilies, refuseMixedFamily } from '../model/edit.ts';
import { ModelError } from '../model/error.ts';
import { compareRuleVersions, type RuleHistory, type RuleVersion } from '../model/rule-version.ts';
import { EMPTY_RULES, type RuleSet } from '../model/rules.ts';
import type { SyncDaemon, SyncDirection } from '../model/sync-daemon.ts';
import { DirectorError, type RefusedEdit } from './api.ts';
import { type EditRun, editRuns, halves } from './edit-runs.ts';
import type { KeptRules } from './kept-rules.ts';
import type { SavedRulesFile } from './saved-rules.ts';

/** The rules that a configuration amounts to. @throws ModelError from the first line that cannot apply */
export function rulesOf(edits: readonly RuleEdit[], plane: Plane['kind']): RuleSet {
  const editor = new RuleEditor(EMPTY_RULES);
  for (const edit of edits) applyCarried(editor, edit, plane);
  return editor.rules;
}

function applyCarried(editor: RuleEditor, edit: RuleEdit, plane: Plane['kind']): void {
  checkCarried(edit, plane);
  editor.apply(edit);
}

/** What the rules become, and which edits cannot apply to them. */
function outcome(
  rules: RuleSet,
  run: EditRun,
  plane: Plane['kind'],
  syncs: boolean,
): { rules: RuleSet; refused: readonly RefusedEdit[] } {
  const refused: RefusedEdit[] = [];
  const editor = new RuleEditor(rules);
  for (const { at, edit } of run) {
    try {
      if (syncs) refuseMixedFamily(editor, edit);
      applyCarried(editor, edit, plane);
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      refused.push({ at, error });
    }
  }
  return { rules: editor.rules, refused };
}

/** The sender first. */
function inOrder(sync: readonly SyncDaemon[]): readonly SyncDaemon[] {
  return sync.toSorted((a, b) => (a.direction < b.direction ? 1 : -1));
}

/** Who changes the rules here, as versions say it. */
export type RuleAuthor = Omit<RuleVersion, 'counter'>;

/** What the rules need of the plane. */
type RulePlane = Pick<Plane, 'kind' | 'adopted' | 'applyRules'>;

export class RuleKeeper {
  readonly #plane: RulePlane;
  readonly #file: SavedRulesFile;
  readonly #kept: KeptRules | undefined;
  #rules: RuleSet = EMPTY_RULES;
  #sync: readonly SyncDaemon[] = [];
  readonly #author: RuleAuthor;
  #history: RuleHistory;
  /** Of what is kept. */
  #written: RuleHistory | undefined;

  /**
   * @param file beside the plane, as long as that lives
   * @param kept over restarts, where that is wanted
   */
  constructor(plane: RulePlane, file: SavedRulesFile, author: RuleAuthor, kept?: KeptRules) {
    this.#plane = plane;
    this.#file = file;
    this.#author = author;
    this.#history = { version: { counter: 0, ...author } };
    this.#kept = kept;
  }

  get rules(): RuleSet {
    return this.#rules;
  }

  /** Counted also where rules are not replicated: they may be one day. */
  get history(): RuleHistory {
    return this.#history;
  }

  /** Directions of connection sync that run, or are about to. */
  get sync(): readonly SyncDaemon[] {
    return this.#sync;
  }

  /**
   * A plane that was adopted keeps the rules and the sync that it had; a fresh one gets these. What is to run stands
   * in the file before it runs: a daemon that dies while it starts must not leave less than it found. Rules that find
   * no room are not taken out again: a fresh plane goes with the start that failed, an adopted one is as it was.
   * @throws DirectorError `table-full`
   */
  start(rules: RuleSet, sync: readonly SyncDaemon[]): void {
    const saved = this.#plane.adopted ? this.#file.read() : undefined;
    this.#sync = inOrder(saved?.sync ?? sync);
    this.#apply(saved?.rules ?? rules);
    this.#rules = saved?.rules ?? rules;
    const history = saved ? saved.history : this.#kept?.history();
    if (history) this.#history = history;
    this.#save();
  }

  /**
   * Many edits are few changes of the plane, and one of the file, which is written before anybody hears that an
   * edit applied.
   * @returns the edits that were refused; the others stay
   */
  edit(edits: readonly RuleEdit[]): readonly RefusedEdit[] {
    const before = this.#rules;
    try {
      return editRuns(edits).flatMap((run) => this.#carryOut(run));
    } finally {
      if (this.#rules !== before) this.#count();
    }
  }

  /**
   * All edits as one change of the plane, or none: what was there before and is there after goes on, with its
   * connections and counters, also where the edits clear first.
   * @returns the first edit that was refused
   * @throws DirectorError `table-full`
   */
  editWhole(edits: readonly RuleEdit[]): readonly RefusedEdit[] {
    const run = edits.map((edit, at) => ({ at, edit }));
    const { rules, refused } = outcome(this.#rules, run, this.#plane.kind, this.#sync.length > 0);
    if (refused.length > 0) return refused.slice(0, 1);
    if (rules === this.#rules) return [];
    this.#put(rules);
    this.#count();
    return [];
  }

  /**
   * Another director's rules instead of ours.
   * @throws ModelError for what edits could not have made here, DirectorError `table-full`. Then ours stay
   */
  adopt(rules: RuleSet, version: RuleVersion): void {
    const { kind } = this.#plane;
    checkRules(rules, (edit) => checkCarried(edit, kind));
    if (this.#sync.length > 0) refuseMixedFamilies(rules);
    this.#put(rules);
    this.#history = { version, base: version };
    this.#save();
  }

  /** A peer holds this version, too: if ours is another one by now, it grew out of it. */
  agreed(version: RuleVersion): void {
    const { base } = this.#history;
    if (base && compareRuleVersions(base, version) >= 0) return;
    this.#history = { ...this.#history, base: version };
    this.#save();
  }

  /** The peer's version of what we hold already. */
  rename(version: RuleVersion): void {
    this.#history = { version, base: version };
    this.#save();
  }

  setSync(daemon: SyncDaemon): void {
    this.#sync = inOrder([...this.#sync, daemon]);
    this.#save();
  }

  dropSync(direction: SyncDirection): void {
    this.#sync = this.#sync.filter((daemon) => daemon.direction !== direction);
    this.#save();
  }

  /** At once, or in halves where that finds no room, down to the edits that find none alone. */
  #carryOut(run: EditRun): readonly RefusedEdit[] {
    const { rules, refused } = outcome(this.#rules, run, this.#plane.kind, this.#sync.length > 0);
    try {
      if (rules !== this.#rules) this.#put(rules);
      return refused;
    } catch (error) {
      const [first] = run;
      if (run.length > 1) return halves(run).flatMap((half) => this.#carryOut(half));
      if (!first || !(error instanceof DirectorError)) throw error;
      return [{ at: first.at, error }];
    }
  }

  #put(rules: RuleSet): void {
    try {
      this.#apply(rules);
    } catch (error) {
      // What was put in before the plane was full is taken out again.
      this.#plane.applyRules(this.#rules);
      throw error;
    }
    this.#rules = rules;
  }

  #apply(rules: RuleSet): void {
    try {
      this.#plane.applyRules(rules);
    } catch (error) {
      if (error instanceof DatapathError)
        throw new DirectorError(
          error.code === 'no-such-device' ? 'no-such-device' : 'table-full',
          error.message,
        );
      throw error;
    }
  }

  /** The rules were changed here. */
  #count(): void {
    const counter = this.#history.version.counter + 1;
    this.#history = { ...this.#history, version: { counter, ...this.#author } };
    this.#save();
  }

  #save(): void {
    if (this.#plane.kind === 'xdp')
      this.#file.write({ rules: this.#rules, sync: this.#sync, history: this.#history });
    if (this.#written === this.#history) return;
    this.#kept?.write(this.#rules, this.#history);
    this.#written = this.#history;
  }
}
