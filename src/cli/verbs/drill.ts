import { accessSync, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { EXIT, UsageError } from '../exit.ts';
import type { Common, Verb } from '../verb.ts';

interface Options extends Common {
  readonly scenario?: string;
  readonly json: boolean;
  readonly report?: string;
  readonly advert?: number;
}

export const drill: Verb<Options> = {
  command: 'drill [scenario]',
  describe: 'Build a pair in namespaces of this machine, break it under traffic, and judge',
  options: (yargs) =>
    yargs
      .positional('scenario', {
        type: 'string',
        describe: 'crash, kill, restart, handover, double-crash or split; without one, all of them',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print results as JSON on stdout' })
      .option('report', {
        type: 'string',
        requiresArg: true,
        describe: 'Write a page with what happened (HTML)',
      })
      .option('advert', {
        type: 'number',
        requiresArg: true,
        describe: 'Advertisement interval in milliseconds, a multiple of 10 [default: of each scenario]',
      })
      .example('$0 drill', 'all scenarios, one after the other')
      .example('$0 drill crash --json --report crash.html', 'one, for programs and for a browser')
      .epilogue('Needs root. Nothing leaves the machine, and nothing is left behind, also after Ctrl-C.'),
  async run({ scenario, json, report, advert }) {
    const { runDrills, SCENARIO_NAMES } = await import('../../drill/drill.ts');
    const scenarios = SCENARIO_NAMES.filter((name) => scenario === undefined || name === scenario);
    if (scenarios.length === 0)
      throw new UsageError(
        `there is no drill "${scenario}": choose ${SCENARIO_NAMES.join(', ')}, or none for all`,
      );
    // RFC 9568, 5.2.7: 12 bits of centiseconds.
    if (advert !== undefined && !(advert >= 10 && advert <= 40_950 && advert % 10 === 0))
      throw new UsageError('--advert must be a multiple of 10 from 10 to 40950 (milliseconds)');
    if (report !== undefined) checkWritable(report);
    const passed = await runDrills({
      ...{ scenarios, json, stdout: process.stdout, stderr: process.stderr, signal: interrupted() },
      ...(report === undefined ? {} : { report }),
      ...(advert === undefined ? {} : { advertMs: advert }),
    });
    return passed ? EXIT.done : EXIT.failed;
  },
};

/** Before the drill: a minute later it would be too late to say so. */
function checkWritable(file: string): void {
  const there = statSync(file, { throwIfNoEntry: false });
  try {
    if (there?.isDirectory()) throw new Error('it is a folder');
    accessSync(there ? file : dirname(resolve(file)), constants.W_OK);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'its folder does not exist' : message;
    throw new UsageError(`cannot write the report ${file} (${why}): choose another --report`);
  }
}

/** The first Ctrl-C asks the drill to clean up; later ones change nothing, or it would leave things behind. */
function interrupted(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)
    process.on(signal, () => controller.abort());
  return controller.signal;
}
