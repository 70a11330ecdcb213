/** Microseconds that only rise. */
export function microseconds(): number {
  return Math.trunc(performance.now() * 1000) + 1;
}
