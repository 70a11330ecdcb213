/** Edits that the plane may take as one change. */
import type { RuleEdit } from '../model/edit.ts';

/** Edits with their places in the list that they come from. */
export type EditRun = ReadonlyArray<{ readonly at: number; readonly edit: RuleEdit }>;

/**
 * Cuts the list where taking away ends or begins. A service that is deleted and added again is a new one, with
 * counters at zero; in one change of the plane it would be the old one. And what is deleted later must not make room
 * for what comes before it.
 */
export function editRuns(edits: readonly RuleEdit[]): readonly EditRun[] {
  const runs: Array<Array<EditRun[number]>> = [];
  let before: boolean | undefined;
  edits.forEach((edit, at) => {
    const now = takesAway(edit);
    if (now !== before) runs.push([]);
    runs.at(-1)?.push({ at, edit });
    before = now;
  });
  return runs;
}

function takesAway({ op }: RuleEdit): boolean {
  return op === 'clear' || op.startsWith('delete-');
}

export function halves(run: EditRun): readonly [EditRun, EditRun] {
  const middle = Math.ceil(run.length / 2);
  return [run.slice(0, middle), run.slice(middle)];
}
