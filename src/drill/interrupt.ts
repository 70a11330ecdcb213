/** Ends a drill early but in order, whatever asks for it: Ctrl-C, a service manager, a closed terminal or pipe. */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interrupt {
  readonly signal: AbortSignal;
  /** Gives the signals back to whoever had them. */
  release(): void;
}

/** A second Ctrl-C changes nothing: a clean-up that is cut short would leave what it is there to remove. */
export function interruptible(): Interrupt {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  for (const name of SIGNALS) process.on(name, abort);
  process.stdout.on('error', abort);
  process.stderr.on('error', abort);
  return {
    signal: controller.signal,
    release() {
      for (const name of SIGNALS) process.off(name, abort);
      process.stdout.off('error', abort);
      process.stderr.off('error', abort);
    },
  };
}
