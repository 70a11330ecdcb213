/** How a command of `tandem` ends (design: exit codes are an interface). */
import { ControlError } from '../control/error.ts';

export const EXIT = { done: 0, failed: 1, usage: 2, noDaemon: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The command line asks for something that there is not. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof ControlError && error.code === 'no-daemon') return EXIT.noDaemon;
  return EXIT.failed;
}

/** Errors of our own rooms say what to do; of any other we want to know where it came from. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = 'code' in error || error instanceof UsageError;
  return own ? error.message : (error.stack ?? error.message);
}
