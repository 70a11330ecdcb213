import { setTimeout } from 'node:timers/promises';

/** Waits until something holds; fails with what it was waiting for. */
export async function until(what: string, holds: () => boolean, boundMs = 10_000): Promise<void> {
  const end = performance.now() + boundMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited ${boundMs} ms in vain until ${what}`);
    await setTimeout(2);
  }
}

/** Microseconds that only rise. */
export function microseconds(): number {
  return Math.trunc(performance.now() * 1000) + 1;
}
