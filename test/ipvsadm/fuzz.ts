/** Throws random command lines at the command, and says of each whether what became of it can be. */

import { NUMERIC } from '../../src/ipvsadm/namer.ts';
import { renderRules } from '../../src/ipvsadm/save.ts';
import { shownSchedulerFlags } from '../../src/ipvsadm/scheduler-flags.ts';
import type { RuleSet } from '../../src/model/rules.ts';
import { type MemoryDirector, memoryDirector } from './memory-director.ts';
import { type RandomLine, randomLine, randomness } from './random-words.ts';
import { type } from './terminal.ts';

const EXIT_CODES: readonly number[] = [0, 1, 2, 255];
/** Rules are begun anew so often, that lists stay short. */
const FRESH_EVERY = 200;
const SAVED_EVERY = 50;

/** @returns how often each exit code came @throws Error with the line that went wrong */
export async function fuzz(seed: number, lines: number): Promise<Readonly<Record<number, number>>> {
  const random = randomness(seed);
  const exits: Record<number, number> = {};
  let director = memoryDirector();
  for (let at = 0; at < lines; at += 1) {
    if (at % FRESH_EVERY === 0) director = memoryDirector();
    const line = randomLine(random);
    const exit = await oneLine(line, director);
    exits[exit] = (exits[exit] ?? 0) + 1;
    if (at % SAVED_EVERY === 0) await checkSaved(director);
  }
  return exits;
}

async function oneLine(line: RandomLine, director: MemoryDirector): Promise<number> {
  const before = director.rules;
  const fail = (why: string, cause?: unknown) => new Error(`${JSON.stringify(line)}: ${why}`, { cause });
  const output = await type(['ipvsadm', ...line.words], director, line.stdin).catch((error: unknown) => {
    throw fail('crashed', error);
  });
  const { exit, stderr } = output;
  if (!EXIT_CODES.includes(exit)) throw fail(`exit code ${exit}`);
  if (exit !== 0 && stderr === '') throw fail(`exit code ${exit} without a word`);
  // Only -R does several things, one after the other.
  const several = line.words.some((word) => /^-[^-]*R|^--restore/.test(word));
  if (exit !== 0 && !several && director.rules !== before)
    throw fail(`exit code ${exit}, but the rules changed`);
  return exit;
}

/** Without those that ipvsadm's own words cannot say: a mark above an int, and flags that have no name. */
function savable(rules: RuleSet): RuleSet {
  const services = rules.services.filter(
    ({ id, scheduler, schedulerFlags }) =>
      !(id.kind === 'fwmark' && id.fwmark > 0x7fff_ffff) &&
      shownSchedulerFlags(scheduler, schedulerFlags) !== '',
  );
  return { ...rules, services };
}

/** Whatever rules came of it, they are saved and restored as what they are. */
async function checkSaved(director: MemoryDirector): Promise<void> {
  const saved = renderRules(savable(director.rules), NUMERIC, true);
  const other = memoryDirector();
  const { exit, stderr } = await type(['ipvsadm', '-R'], other, saved);
  if (saved !== '' && (exit !== 0 || stderr !== '')) throw new Error(`cannot restore: ${stderr}${saved}`);
  const again = renderRules(other.rules, NUMERIC, true);
  if (again !== saved) throw new Error(`restored as something else:\n${saved}---\n${again}`);
}
