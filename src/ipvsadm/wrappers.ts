/** The Debian scripts around ipvsadm, without a shell. */
import { restoreWhole } from './atomic.ts';
import type { Io } from './io.ts';
import { type Connected, main, withDirector } from './main.ts';
import { restore } from './restore.ts';
import { run } from './run.ts';

const SAVE_HELP = `ipvsadm-save: Script to save the IPVS table to stdout.
   With the -n option, prints out the table in numeric format.
`;

/** `ipvsadm-save [-n] [--full]`: any other option prints the help, words are not looked at. `--full` is ours. */
export async function saveMain(
  argv: readonly string[],
  io: Io,
  connect: () => Promise<Connected>,
): Promise<number> {
  const options = argv.filter((word) => word.startsWith('-'));
  if (options.some((word) => word !== '-n' && word !== '--full')) {
    io.err(SAVE_HELP);
    return 1;
  }
  return main(['-S', ...new Set(options)], io, connect);
}

/**
 * `ipvsadm-restore [--atomic]`: reads all of standard input, drops lines that begin with #, clears, restores; atomic is
 * ours, and makes one change of it all.
 */
export async function restoreMain(
  argv: readonly string[],
  io: Io,
  connect: () => Promise<Connected>,
): Promise<number> {
  const all: string[] = [];
  // Numbers of lines are those of the file.
  for await (const lines of io.lines()) for (const line of lines) all.push(line.startsWith('#') ? '' : line);
  const saved: Io = { ...io, lines: () => from(all) };
  return withDirector(io, connect, async (api) => {
    if (argv.includes('--atomic')) return restoreWhole(api, saved, [CLEAR]);
    await run(CLEAR, api, io);
    return restore(api, saved, run);
  });
}

const CLEAR = { kind: 'edit', edit: { op: 'clear' }, notes: [] } as const;

async function* from(lines: readonly string[]): AsyncGenerator<readonly string[]> {
  yield lines;
}
