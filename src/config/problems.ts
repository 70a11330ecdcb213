/** What zod found wrong, as problems with a place and a remedy. */
import type * as z from 'zod';
import type { ConfigProblem } from './error.ts';
import type { Path, Source } from './source.ts';

type Issue = z.core.$ZodIssue;

export function problemsOf(issues: readonly Issue[], source: Source, base: Path = []): ConfigProblem[] {
  return issues.flatMap((issue) => problemOf(issue, source, base));
}

function problemOf(issue: Issue, source: Source, base: Path): ConfigProblem[] {
  const path = [...base, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => source.keyProblem(path, key, unknownKey(key, issue.message.split(' '))));
  }
  if (issue.code === 'invalid_union') {
    // The alternative that was meant is the one whose type fits: its own issues say more.
    const meant = issue.errors.find((issues) => !issues.some((inner) => isWrongType(inner)));
    if (meant) return problemsOf(meant, source, path);
  }
  return [source.problem(path, issue.message)];
}

const isWrongType = (issue: Issue) => issue.code === 'invalid_type' && issue.path.length === 0;

function unknownKey(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  const hint = near === undefined ? `the keys here are ${known.join(', ')}` : `did you mean "${near}"?`;
  return `is an unknown key: ${hint}`;
}

/** The candidate with the fewest edits, if a third of its letters suffices. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, edits: distance(word.toLowerCase(), candidate) }))
    .filter(({ candidate, edits }) => edits <= Math.max(1, Math.ceil(candidate.length / 3)))
    .sort((a, b) => a.edits - b.edits);
  return ranked[0]?.candidate;
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
