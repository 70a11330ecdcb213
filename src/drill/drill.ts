/** Runs drills one after the other, for people or for programs. */
import { writeFileSync } from 'node:fs';
import { requireRoot } from '../lab/lab.ts';
import { reportPage } from './page.ts';
import { perform } from './perform.ts';
import { type Output, Progress } from './progress.ts';
import { type DrillRecord, SCENARIO_NAMES, type ScenarioName } from './result.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { COLOURED, PLAIN, resultText, summaryText } from './text.ts';

export { SCENARIO_NAMES, type ScenarioName };

export interface DrillOptions {
  readonly scenarios: readonly ScenarioName[];
  /** Results as JSON on stdout: one object for one scenario, else an array. */
  readonly json: boolean;
  /** File for a page that shows what happened. */
  readonly report?: string;
  /** Replaces each scenario's own advertisement interval; a multiple of 10. */
  readonly advertMs?: number;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Ends the drill early; it still cleans up before it returns. */
  readonly signal: AbortSignal;
  /** The `tandem` command under test; the built one when absent. */
  readonly command?: readonly string[];
}

/**
 * @returns whether every promise of every drill held; false too when interrupted
 * @throws LabError `not-root`
 */
export async function runDrills(given: DrillOptions): Promise<boolean> {
  requireRoot();
  const broken = new AbortController();
  const options = { ...given, signal: AbortSignal.any([given.signal, broken.signal]) };
  // A reader that goes away, or a terminal that closes, must end the drill in order like Ctrl-C.
  const outputs = [given.stdout, given.stderr];
  const abort = (): void => broken.abort();
  for (const output of outputs) output.on('error', abort);
  try {
    return await runAll(options);
  } finally {
    for (const output of outputs) output.off('error', abort);
  }
}

async function runAll(options: DrillOptions): Promise<boolean> {
  const records: DrillRecord[] = [];
  const paint = options.stdout.isTTY ? COLOURED : PLAIN;
  try {
    for (const name of options.scenarios) {
      const record = await performOne(name, options);
      records.push(record);
      if (!options.json) options.stdout.write(resultText(record.result, SCENARIOS[name].title, paint));
    }
  } catch (error) {
    if (!options.signal.aborted) throw error;
    options.stderr.write('interrupted\n');
    return false;
  }
  const results = records.map(({ result }) => result);
  if (options.json) {
    const value = options.scenarios.length === 1 ? results[0] : results;
    options.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
  } else {
    options.stdout.write(`\n${summaryText(results, paint)}`);
  }
  if (options.report) {
    writeFileSync(options.report, reportPage(records));
    options.stderr.write(`report: ${options.report}\n`);
  }
  return results.every(({ passed }) => passed);
}

async function performOne(name: ScenarioName, options: DrillOptions): Promise<DrillRecord> {
  const scenario = SCENARIOS[name];
  const progress = new Progress(options.stderr);
  progress.event(`${name}: ${scenario.title}`);
  try {
    return await perform(scenario, {
      advertMs: options.advertMs ?? scenario.advertMs,
      signal: options.signal,
      audience: progress,
      ...(options.command ? { command: options.command } : {}),
    });
  } finally {
    progress.done();
  }
}
