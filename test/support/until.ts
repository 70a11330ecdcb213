import { setTimeout } from 'node:timers/promises';

/** Waits until `probe` gives something; fails with `what` after a bound that no healthy machine needs. */
export async function until<Value>(
  what: string,
  probe: () => Value | undefined | false | Promise<Value | undefined | false>,
  boundMs = 10_000,
): Promise<Value> {
  const end = performance.now() + boundMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > end) throw new Error(`not within ${boundMs} ms: ${what}`);
    await setTimeout(2);
  }
}
