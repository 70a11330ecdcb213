/** How a command ends whose standard output cannot be written. */

/** 128 + SIGPIPE: what a shell shows for a program whose reader went away. That is no fault, and not spoken of. */
const BROKEN_PIPE_EXIT = 141;
const FAILED_EXIT = 1;

export interface OutputFailure {
  readonly exitCode: number;
  /** A line for stderr, where there is something to say. */
  readonly text?: string;
}

export function outputFailure({ code, message }: NodeJS.ErrnoException): OutputFailure {
  if (code === 'EPIPE') return { exitCode: BROKEN_PIPE_EXIT };
  return { exitCode: FAILED_EXIT, text: `cannot write the output: ${message}: write it elsewhere\n` };
}
