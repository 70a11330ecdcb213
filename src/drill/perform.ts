/** One drill from an empty machine to an empty machine. */
import { Lab } from '../lab/lab.ts';
import { PAIR_TOPOLOGY } from '../lab/pair.ts';
import { outside } from './answerers.ts';
import { PRIORITY } from './director.ts';
import { tenth } from './gaps.ts';
import { judge, numbers } from './judge.ts';
import { limitMs } from './limit.ts';
import type { Check, DrillRecord, DrillResult } from './result.ts';
import type { Scenario } from './scenario.ts';
import { Stage } from './stage.ts';
import { Timeline } from './timeline.ts';
import { now } from './traffic/channel.ts';
import type { TrafficNumbers, TrafficResult } from './traffic-set.ts';

export interface Audience {
  /** Something that is being done or has happened. */
  event(text: string): void;
  /** How the traffic does, several times a second. */
  numbers(numbers: TrafficNumbers): void;
}

export interface PerformOptions {
  readonly advertMs: number;
  readonly signal: AbortSignal;
  readonly audience: Audience;
  readonly command?: readonly string[];
}

/** What the result says when the drill did not get as far as traffic. */
const NOTHING = {
  connections: { established: 0, survived: 0, lost: 0 },
  requests: { sent: 0, failed: 0 },
  outage_ms: 0,
  packets: { sent: 0, lost: 0 },
} as const;
const NUMBERS_EVERY_MS = 200;

/** Leaves nothing behind, however it ends. @throws LabError `aborted` when interrupted */
export async function perform(scenario: Scenario, options: PerformOptions): Promise<DrillRecord> {
  const { audience, signal, advertMs } = options;
  const timeline = new Timeline((event) => audience.event(event));
  const lab = new Lab(scenario.topology ?? PAIR_TOPOLOGY);
  const checks: Check[] = [];
  const breakOff = (error: unknown): void => {
    if (signal.aborted) throw error;
    timeline.note('the drill breaks off', now());
    checks.push({ name: 'the drill runs to its end', passed: false, detail: (error as Error).message });
  };
  let stage: Stage | undefined;
  let traffic: TrafficResult | undefined;
  try {
    const { answerers } = scenario;
    stage = await Stage.set({
      ...options,
      answerers,
      ...(scenario.setting && { setting: scenario.setting }),
      lab,
      timeline,
      progress: (text) => audience.event(text),
    });
    traffic = await play(scenario, stage, audience, checks, breakOff);
  } catch (error) {
    breakOff(error);
  } finally {
    const left = await lab.down();
    if (signal.aborted && left.length > 0) audience.event(`could not be removed: ${left.join('; ')}`);
    const detail = left.length > 0 ? left.join('; ') : 'no namespace, link, pin, mount, process or file';
    checks.push({ name: 'nothing of the drill is left', passed: left.length === 0, detail });
  }
  const fault = timeline.faultAt ?? 0;
  const result: DrillResult = {
    scenario: scenario.name,
    passed: checks.every(({ passed }) => passed),
    ...(traffic ? numbers(traffic) : NOTHING),
    detection_ms: stage?.takeoverAt === undefined ? null : tenth(stage.takeoverAt - fault),
    limit_ms: limitMs(advertMs, PRIORITY[scenario.survivor ?? 'lb2']),
    timeline: timeline.entries(),
    checks,
  };
  const since = (times: readonly number[] = []): number[] => times.map((at) => tenth(at - fault));
  return { result, trace: { answers: since(traffic?.udp.answers), lost: since(traffic?.udp.lost) } };
}

async function play(
  scenario: Scenario,
  stage: Stage,
  audience: Audience,
  checks: Check[],
  breakOff: (error: unknown) => void,
): Promise<TrafficResult> {
  const ticker = setInterval(() => audience.numbers(stage.traffic.numbers()), NUMBERS_EVERY_MS);
  try {
    // What traffic measured is worth showing also when the play broke off.
    await scenario.play(stage).catch(breakOff);
    audience.event('asking every connection whether it lives');
    const traffic = await stage.traffic.finish(stage.signal);
    const heard = await stage.watcher.finish(stage.signal);
    const arp = stage.contest ? outside(heard, stage.contest) : heard;
    await stage.roles(stage.answerers.at(-1) ?? 'lb1');
    checks.push(
      ...judge({ ...scenario, answerers: stage.answerers }, traffic, arp, stage.timeline.faultAt ?? 0),
      ...stage.checks,
    );
    return traffic;
  } finally {
    clearInterval(ticker);
  }
}
