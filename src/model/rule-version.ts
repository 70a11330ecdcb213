/** Which of two rule sets is newer, and whether one of them grew out of the other. */

/** Compared from the first to the last. */
export interface RuleVersion {
  /** Changes on the way from the configuration, which is 0, to here. */
  readonly counter: number;
  /** Of the director that made the last change, 0-255. */
  readonly priority: number;
  /** Its sender id: of two that are alike otherwise, one must win. */
  readonly maker: number;
}

export interface RuleHistory {
  readonly version: RuleVersion;
  /** The newest version that this director knows it shared with a peer. Absent: none yet. */
  readonly base?: RuleVersion | undefined;
}

/** Far more changes than anybody makes, and exact. */
export const LARGEST_RULE_COUNTER = 2 ** 48;

/** Negative when `a` is the older one. */
export function compareRuleVersions(a: RuleVersion, b: RuleVersion): number {
  return a.counter - b.counter || a.priority - b.priority || a.maker - b.maker;
}

export function sameRuleVersion(a: RuleVersion | undefined, b: RuleVersion | undefined): boolean {
  return a !== undefined && b !== undefined && compareRuleVersions(a, b) === 0;
}

/**
 * What becomes of our rules beside a peer's: we `keep` them, we `follow` the peer, whose rules grew out of ours, or both
 * have changed, a `conflict`, which the peer's win.
 */
export function judgeRules(ours: RuleHistory, theirs: RuleHistory): 'keep' | 'follow' | 'conflict' {
  if (compareRuleVersions(theirs.version, ours.version) <= 0) return 'keep';
  // Nobody has changed ours: they are a configuration, and stand in a file already.
  if (ours.version.counter === 0 && theirs.version.counter > 0) return 'follow';
  const shared = sameRuleVersion(ours.version, ours.base) || sameRuleVersion(ours.version, theirs.base);
  return shared ? 'follow' : 'conflict';
}
