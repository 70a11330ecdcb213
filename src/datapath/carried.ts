/** Which rules each kind of plane takes. */
import type { RuleEdit } from '../model/edit.ts';
import { checkSupported } from '../model/supported.ts';
import type { Plane } from './plane.ts';

const CHECKS: Readonly<Record<Plane['kind'], (edit: RuleEdit) => void>> = {
  xdp: checkSupported,
  // It forwards nothing, so there is nothing that it would do otherwise than the rule says.
  memory: () => {},
};

/** @throws ModelError `not-supported` for a rule that the plane would not carry out */
export function checkCarried(edit: RuleEdit, plane: Plane['kind']): void {
  CHECKS[plane](edit);
}
