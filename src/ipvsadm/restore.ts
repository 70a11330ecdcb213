/** `ipvsadm -R`: commands from standard input, one a line. */
import type { DirectorApi } from '../director/api.ts';
import type { Command } from './command.ts';
import type { Io } from './io.ts';
import { splitLine } from './rule-line.ts';
import { understand } from './understand.ts';
import { tryHelp } from './usage-error.ts';

/**
 * As ipvsadm: a line that is no command ends it, a line that the director refuses does not, and the exit code
 * is that of the last line. A line that this version does not carry ends it as well, before anything of it is
 * done.
 */
export async function restore(
  api: DirectorApi,
  io: Io,
  run: (command: Command, api: DirectorApi, io: Io) => Promise<number>,
): Promise<number> {
  let exitCode = 0;
  for await (const line of io.lines()) {
    const words = splitLine(line);
    if (words.length === 0) continue;
    const understood = await understand(words, io);
    if ('exitCode' in understood) return understood.exitCode;
    if (understood.command.kind === 'restore') {
      const wrong = tryHelp();
      io.err(`${wrong.message}\n`);
      return wrong.exitCode;
    }
    exitCode = await run(understood.command, api, io);
  }
  return exitCode;
}
