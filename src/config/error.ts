/** What is wrong with a configuration file: all of it, each with its place and its remedy. */
export interface ConfigProblem {
  readonly file: string;
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
  /** The setting, as in `routers[0].vrid`; empty for the file as a whole. */
  readonly key: string;
  /** What is wrong, and behind a colon what to do. */
  readonly message: string;
}

function describeProblem(problem: ConfigProblem): string {
  const { file, line, column, key, message } = problem;
  return `${file}:${line}:${column}: ${key === '' ? '' : `${key} `}${message}`;
}

export type ConfigErrorCode =
  /** The file cannot be read. */
  | 'unreadable'
  /** The file is no YAML, or says what this version cannot do. */
  | 'invalid';

/** One hierarchy for everything that configuration can refuse. `docs/errors.md` lists the codes. */
export class ConfigError extends Error {
  readonly code: ConfigErrorCode;
  readonly problems: readonly ConfigProblem[];

  constructor(
    code: ConfigErrorCode,
    message: string,
    problems: readonly ConfigProblem[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ConfigError';
    this.code = code;
    this.problems = problems;
  }

  static invalid(problems: readonly ConfigProblem[]): ConfigError {
    return new ConfigError('invalid', problems.map(describeProblem).join('\n'), problems);
  }
}
