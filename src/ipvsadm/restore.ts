/** `ipvsadm -R`: commands from standard input, one a line. */
import type { DirectorApi } from '../director/api.ts';
import type { Command } from './command.ts';
import { carryOutEdits, type EditCommand } from './edits.ts';
import type { Io } from './io.ts';
import { splitLine } from './rule-line.ts';
import { understand } from './understand.ts';
import { tryHelp } from './usage-error.ts';

/** ipvsadm exits at once after these, whatever lines follow. */
function endsProgram({ kind }: Command, exitCode: number): boolean {
  return kind === 'help' || kind === 'version' || (kind === 'list' && exitCode !== 0);
}

/** Edits in one call: what a director does in some hundredths of a second, so that others are not kept waiting. */
const MOST_EDITS = 1000;

/**
 * As ipvsadm: a line that is no command or has a wrong value ends it, a line with an unknown option or one that the
 * director refuses does not, and the exit code is that of the last line. Edits that came together go to the director together; all else waits for those before it.
 */
export async function restore(
  api: DirectorApi,
  io: Io,
  run: (command: Command, api: DirectorApi, io: Io) => Promise<number>,
): Promise<number> {
  let exitCode = 0;
  let edits: EditCommand[] = [];
  const carryOut = async () => {
    const waiting = edits;
    edits = [];
    if (waiting.length > 0) exitCode = await carryOutEdits(waiting, api, io);
  };
  for await (const lines of io.lines()) {
    for (const line of lines) {
      const words = splitLine(line);
      if (words.length === 0) continue;
      const said: string[] = [];
      const understood = await understand(words, { ...io, err: (text) => said.push(text) });
      if ('command' in understood && understood.command.kind === 'edit') {
        edits.push(understood.command);
        if (edits.length >= MOST_EDITS) await carryOut();
        continue;
      }
      await carryOut();
      for (const text of said) io.err(text);
      if ('exitCode' in understood) {
        exitCode = understood.exitCode;
        if (understood.final) return exitCode;
        continue;
      }
      if (understood.command.kind === 'restore') {
        const wrong = tryHelp();
        io.err(`${wrong.message}\n`);
        return wrong.exitCode;
      }
      exitCode = await run(understood.command, api, io);
      if (endsProgram(understood.command, exitCode)) return exitCode;
    }
    await carryOut();
  }
  return exitCode;
}
