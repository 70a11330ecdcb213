/** What a trial measured, for people. */

/** Prints rows of a name and a value below a title. */
export function report(
  title: string,
  rows: ReadonlyArray<readonly [name: string, value: string | number]>,
): void {
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
  process.stdout.write(`\n${title}\n${lines.join('\n')}\n`);
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

/** Whether a promise of a trial holds; the text says what was measured against it. */
export function kept(what: string, measured: number, promised: number, unit: string): string {
  const verdict = measured <= promised ? 'kept' : 'BROKEN';
  return `${what} ${measured.toFixed(2)} ${unit} (promised ${promised} ${unit}): ${verdict}`;
}

/** The value that so many percent do not exceed, to a hundredth. @param percent 0-100 */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1);
  return Math.round((sorted[at] ?? Number.NaN) * 100) / 100;
}
