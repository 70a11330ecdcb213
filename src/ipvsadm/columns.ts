/** printf widths of ipvsadm's tables. */

export function left(value: string | number, width: number): string {
  return String(value).padEnd(width);
}

/** A name in a column of fixed width; ipvsadm cuts IPv4 names there, and lets IPv6 shift the row. */
export function nameColumn(name: string, width: number, cut: boolean): string {
  return (cut ? name.slice(0, width) : name).padEnd(width);
}

const UNITS = [
  { below: 1e8, divisor: 1, unit: '' },
  { below: 1e9, divisor: 1e3, unit: 'K' },
  { below: 1e11, divisor: 1e6, unit: 'M' },
  { below: 1e14, divisor: 1e9, unit: 'G' },
  { below: Number.POSITIVE_INFINITY, divisor: 1e12, unit: 'T' },
] as const;

/** A counter behind a blank: nine columns, cut to thousands where eight digits do not hold it. */
export function counterColumn(value: number, exact: boolean): string {
  if (exact) return ` ${String(value).padStart(8)}`;
  const scale = UNITS.find(({ below }) => value < below) ?? UNITS[4];
  return `${Math.floor(value / scale.divisor)}${scale.unit}`.padStart(9);
}
