/** `ipvsadm -R --atomic`: the whole of standard input as one change, or none. */
import type { DirectorApi } from '../director/api.ts';
import type { EditCommand } from './edits.ts';
import { isWithinService } from './edits.ts';
import type { Io } from './io.ts';
import { describeRefusal, KERNEL_EXIT } from './kernel-text.ts';
import { noSchedulerText } from './no-scheduler.ts';
import { splitLine } from './rule-line.ts';
import { understand } from './understand.ts';

interface Placed {
  /** From 1. */
  readonly line: number;
  readonly command: EditCommand;
}

/**
 * The first line that is wrong is named with its number, and nothing is changed.
 * @param before edits that go before the lines, in the same change
 * @returns the exit code of the line that was wrong
 * @throws ControlError when the director went away, or failed
 */
export async function restoreWhole(
  api: DirectorApi,
  io: Io,
  before: readonly EditCommand[] = [],
): Promise<number> {
  const placed: Placed[] = before.map((command) => ({ line: 0, command }));
  let line = 0;
  for await (const lines of io.lines()) {
    for (const text of lines) {
      line += 1;
      const words = splitLine(text);
      if (words.length === 0) continue;
      const said: string[] = [];
      const understood = await understand(words, { ...io, err: (wrong) => said.push(wrong) });
      if ('exitCode' in understood) return refuse(io, line, said.join(''), understood.exitCode);
      const { command } = understood;
      if (command.kind === 'no-scheduler') {
        const wrong = await noSchedulerText(command.op, command.id, api);
        return refuse(io, line, `${wrong}\n`, KERNEL_EXIT);
      }
      if (command.kind !== 'edit')
        return refuse(io, line, 'this changes no rule, and cannot be part of an atomic restore\n', 2);
      placed.push({ line, command });
    }
  }
  const [refused] = await api.edit(
    placed.map(({ command }) => command.edit),
    'whole',
  );
  if (!refused) {
    for (const { command } of placed) for (const note of command.notes) io.err(`${note}\n`);
    return 0;
  }
  const wrong = placed[refused.at];
  const refusal = describeRefusal(refused.error, wrong !== undefined && isWithinService(wrong.command.edit));
  if (!refusal) throw refused.error;
  return refuse(io, wrong?.line ?? line, `${refusal.text}\n`, refusal.exitCode);
}

function refuse(io: Io, line: number, text: string, exitCode: number): number {
  io.err(`line ${line}: ${text}`);
  return exitCode;
}
