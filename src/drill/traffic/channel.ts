/**
 * How a traffic generator talks with the drill: it is a child process inside a namespace that takes its
 * settings as JSON in argv[2], commands as lines on stdin, and reports as JSON lines on stdout. It ends
 * when stdin does, so that none outlives a drill that was killed.
 */
import { createInterface } from 'node:readline';

/** Milliseconds of CLOCK_MONOTONIC: the same clock in every process of the machine. */
export const now = (): number => Number(process.hrtime.bigint()) / 1e6;

export function settings<T>(): T {
  return JSON.parse(process.argv[2] ?? '{}') as T;
}

export function report(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/** Reports the last message and ends once it is written. */
export function finish(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`, () => process.exit(0));
}

export function onCommand(handler: (command: string) => void): void {
  createInterface({ input: process.stdin })
    .on('line', handler)
    .on('close', () => process.exit(0));
}
