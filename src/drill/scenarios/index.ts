import type { ScenarioName } from '../result.ts';
import type { Scenario } from '../scenario.ts';
import { crash } from './crash.ts';
import { doubleCrash } from './double-crash.ts';
import { handover } from './handover.ts';
import { kill } from './kill.ts';
import { restart } from './restart.ts';
import { split } from './split.ts';

export const SCENARIOS: Readonly<Record<ScenarioName, Scenario>> = {
  crash,
  kill,
  restart,
  handover,
  'double-crash': doubleCrash,
  split,
};
