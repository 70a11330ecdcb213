/** What somebody who mistyped an option may have meant. */

/** Of long options only; a short name has too many neighbours. */
const SHORTEST = 5;
const FARTHEST = 2;

/**
 * @param word as written, `--schedular=rr`
 * @param names long options without their dashes
 * @returns a line for stderr, or nothing: an abbreviation is no slip, ipvsadm just has none
 */
export function hintFor(word: string, names: readonly string[]): string | undefined {
  const typed = /^--?([^=]+)/.exec(word)?.[1] ?? '';
  if (typed.length < SHORTEST || names.some((name) => name.startsWith(typed))) return undefined;
  const near = names
    .map((name) => ({ name, far: distance(typed, name) }))
    .filter(({ name, far }) => far <= FARTHEST && name.length >= SHORTEST)
    .sort((a, b) => a.far - b.far);
  return near[0] && `Did you mean --${near[0].name}?`;
}

/** Letters to add, drop, change or swap with their neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, (before[j - 2] ?? 0) + 1);
      row.push(least);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
