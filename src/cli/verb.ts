/**
 * The shape of a verb. A verb's file stays light: what does the work is imported when the verb runs, so that
 * `tandem status` does not load the forwarding plane.
 */
import type { ArgumentsCamelCase, Argv } from 'yargs';
import type { ExitCode } from './exit.ts';

export interface Common {
  readonly socket?: string;
}

export interface Verb<Options> {
  readonly command: string;
  readonly describe: string;
  options(yargs: Argv<Common>): Argv<Options>;
  run(options: ArgumentsCamelCase<Options>): Promise<ExitCode>;
}
