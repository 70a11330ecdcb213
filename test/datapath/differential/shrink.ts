/** Makes a case that diverges as small as it gets: whoever reads it wants only what matters. */
import { applyEdit } from '../../../src/model/edit.ts';
import { EMPTY_RULES } from '../../../src/model/rules.ts';
import type { Case, Setup } from './case.ts';
import type { Duel } from './duel.ts';

export function shrunk(duel: Duel, found: Case): Case {
  const at = duel.replay(found)?.at;
  const diverges = (candidate: Case) => isPossible(candidate) && duel.replay(candidate) !== undefined;
  let best: Case = at === undefined ? found : { ...found, steps: found.steps.slice(0, at + 1) };
  if (!diverges(best)) best = found;
  const steps = fewest(best.steps, (fewer) => diverges({ ...best, steps: fewer }));
  best = { ...best, steps };
  const edits = fewest(best.setup.edits, (fewer) =>
    diverges({ ...best, setup: { ...best.setup, edits: fewer } }),
  );
  return { ...best, setup: { ...best.setup, edits } };
}

/** Takes out ever smaller pieces, as long as it still fails. */
function fewest<T>(items: readonly T[], fails: (fewer: readonly T[]) => boolean): readonly T[] {
  let best = items;
  for (let size = Math.ceil(best.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < best.length; ) {
      const fewer = [...best.slice(0, from), ...best.slice(from + size)];
      if (fails(fewer)) best = fewer;
      else from += size;
    }
  }
  return best;
}

/** Edits that do not apply make no case. */
function isPossible({ setup, steps }: Case): boolean {
  try {
    let rules = rulesOf(setup);
    for (const step of steps) if (step.do === 'edit') rules = step.edits.reduce(applyEdit, rules);
    return true;
  } catch {
    return false;
  }
}

function rulesOf({ edits }: Setup) {
  return edits.reduce(applyEdit, EMPTY_RULES);
}
