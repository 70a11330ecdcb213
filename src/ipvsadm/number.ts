/** Whole numbers as C's strtol reads them in base 10. */

/** Leading blanks and a sign are taken; anything behind the digits, or a value out of bounds, is undefined. */
export function parseNumber(text: string, min: number, max: number): number | undefined {
  if (!/^[ \t\n\v\f\r]*[+-]?[0-9]+$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}
