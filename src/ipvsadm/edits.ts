/** Edits on a director: many in one call, and said of each what would be said of it alone. */
import type { DirectorApi } from '../director/api.ts';
import type { RuleEdit } from '../model/edit.ts';
import type { Command } from './command.ts';
import type { Io } from './io.ts';
import { describeRefusal } from './kernel-text.ts';

export type EditCommand = Extract<Command, { kind: 'edit' }>;

/**
 * @returns the exit code of the last one, after anything wrong was printed
 * @throws ControlError when the director went away, or failed
 */
export async function carryOutEdits(
  commands: readonly EditCommand[],
  api: DirectorApi,
  io: Io,
): Promise<number> {
  const refused = await api.edit(commands.map(({ edit }) => edit));
  const errors = new Map(refused.map(({ at, error }) => [at, error]));
  let exitCode = 0;
  commands.forEach((command, at) => {
    exitCode = tellOutcome(command, errors.get(at), io);
  });
  return exitCode;
}

function tellOutcome({ edit, notes }: EditCommand, error: Error | undefined, io: Io): number {
  if (!error) {
    for (const note of notes) io.err(`${note}\n`);
    return 0;
  }
  const refusal = describeRefusal(error, isWithinService(edit));
  if (!refusal) throw error;
  io.err(`${refusal.text}\n`);
  return refusal.exitCode;
}

/** Whether the edit changes what a service contains: a missing service has then another text. */
export function isWithinService({ op }: RuleEdit): boolean {
  return op.endsWith('-server') || op.endsWith('-local');
}
