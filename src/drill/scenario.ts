/** What a drill does and what it promises; the promises common to all are judged in judge.ts. */
import type { DirectorName } from '../lab/pair.ts';
import type { Topology } from '../lab/topology.ts';
import type { Setting } from './director.ts';
import type { ScenarioName } from './result.ts';
import type { Stage } from './stage.ts';

export interface Scenario {
  readonly name: ScenarioName;
  /** One line for people: what is done to whom. */
  readonly title: string;
  /** Advertisement interval in ms when nothing else is asked for. */
  readonly advertMs: number;
  /** Who answered ARP for the VIP, one after the other, from the first connection to the end. */
  readonly answerers: readonly DirectorName[];
  /** Whether no packet of an established connection may be lost. */
  readonly lossless: boolean;
  /** Hosts and links; the ordinary pair when absent. */
  readonly topology?: Topology;
  /** What the directors are set to; the drills' ordinary services when absent. */
  readonly setting?: Setting;
  /** Whose takeover is measured; lb2's when absent. */
  readonly survivor?: DirectorName;
  /** Plays the fault and what follows; adds checks of its own to the stage. */
  play(stage: Stage): Promise<void>;
}
