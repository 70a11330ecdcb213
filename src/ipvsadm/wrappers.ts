/** The Debian scripts around ipvsadm, without a shell. */
import type { Io } from './io.ts';
import { type Connected, main, withDirector } from './main.ts';
import { restore } from './restore.ts';
import { run } from './run.ts';

const SAVE_HELP = `ipvsadm-save: Script to save the IPVS table to stdout.
   With the -n option, prints out the table in numeric format.
`;

/** `ipvsadm-save [-n]`: any other option prints the help, words are not looked at. */
export async function saveMain(
  argv: readonly string[],
  io: Io,
  connect: () => Promise<Connected>,
): Promise<number> {
  const options = argv.filter((word) => word.startsWith('-'));
  if (options.some((word) => word !== '-n')) {
    io.err(SAVE_HELP);
    return 1;
  }
  return main(options.length > 0 ? ['-S', '-n'] : ['-S'], io, connect);
}

/** `ipvsadm-restore`: reads all of standard input, drops lines that begin with #, clears, restores. */
export async function restoreMain(io: Io, connect: () => Promise<Connected>): Promise<number> {
  const all: string[] = [];
  for await (const lines of io.lines()) for (const line of lines) if (!line.startsWith('#')) all.push(line);
  const saved: Io = { ...io, lines: () => from(all) };
  return withDirector(io, connect, async (api) => {
    await run({ kind: 'edit', edit: { op: 'clear' }, notes: [] }, api, io);
    return restore(api, saved, run);
  });
}

async function* from(lines: readonly string[]): AsyncGenerator<readonly string[]> {
  yield lines;
}
