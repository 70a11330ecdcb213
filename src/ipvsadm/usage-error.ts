/** A command line that says nothing to the director: what to print on stderr, and the exit code. */
export class UsageError extends Error {
  readonly exitCode: number;
  /** Whether -R reads no further behind such a line. */
  readonly final: boolean;
  /** The word that is no option. */
  readonly word?: string;

  /**
   * @param exitCode 2 where ipvsadm checks a value, 255 where popt gives up
   * @param final false for what popt itself finds: ipvsadm leaves that line, and goes on with -R
   */
  constructor(message: string, exitCode: 2 | 255 = 2, final = true, word?: string) {
    super(message);
    if (word !== undefined) this.word = word;
    this.final = final;
    this.name = 'UsageError';
    this.exitCode = exitCode;
  }
}

/** No command, or not as the first option. @param word that is no option at all */
export function tryHelp(word?: string): UsageError {
  return new UsageError("Try `ipvsadm -h' or 'ipvsadm --help' for more information.", 255, true, word);
}
