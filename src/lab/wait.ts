/** Waiting for a condition, never for a guessed time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from './error.ts';

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly everyMs?: number;
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new LabError('aborted', 'interrupted');
}

/** `sleep` that ends with LabError `aborted`. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, signal ? { signal } : {});
  } catch {
    throw new LabError('aborted', 'interrupted');
  }
}

/**
 * Asks again and again until the answer is neither undefined nor false.
 * @throws LabError `timeout` that names what was waited for; `aborted`
 */
export async function waitFor<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  { timeoutMs, signal, everyMs = 20 }: WaitOptions,
): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    throwIfAborted(signal);
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() >= end) {
      throw new LabError('timeout', `waited ${Math.round(timeoutMs / 1000)} s in vain for ${what}`);
    }
    await pause(everyMs, signal);
  }
}
