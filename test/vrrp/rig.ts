import { expect } from 'vitest';
import { deadline, newRouter, step } from '../../src/vrrp/machine.ts';
import {
  NO_PEER,
  type PeerView,
  type RouterEffect,
  type RouterEvent,
  type RouterSettings,
  type RouterState,
} from '../../src/vrrp/router.ts';
import { masterDown } from '../../src/vrrp/timing.ts';

export const A = 100_000;
export const START = 1_000_000_000;
export const DOWN = masterDown(100, A);
export const CLOSED = { until: 0, term: 0 };

/** A machine with a hand on its clock; it is woken as often as it asks for. */
export class Rig {
  state: RouterState;
  now = START;
  effects: RouterEffect[] = [];

  constructor(settings: Partial<RouterSettings> = {}, fence = CLOSED) {
    this.state = newRouter({ priority: 100, advertUs: A, preempt: 'never', preemptDelayUs: 0, ...settings });
    this.give({ kind: 'startup', fence });
  }

  give(event: RouterEvent): RouterEffect[] {
    const { state, effects } = step(this.state, event, this.now);
    this.state = state;
    this.effects.push(...effects);
    for (const effect of effects) {
      if (effect.kind === 'send-advert' && effect.priority > 0 && this.sendsSucceed !== undefined) {
        this.give({ kind: 'sent', at: this.now, ok: this.sendsSucceed });
      }
    }
    return [...effects];
  }

  /** What becomes of advertisements; undefined leaves the answer to the test. */
  sendsSucceed: boolean | undefined = true;

  /** Lets time pass, with every `timer` that the machine asks for. */
  pass(us: number): RouterEffect[] {
    const before = this.effects.length;
    const end = this.now + us;
    while (deadline(this.state) <= end) {
      this.now = Math.max(this.now, deadline(this.state));
      this.give({ kind: 'timer' });
    }
    this.now = end;
    return this.effects.slice(before);
  }

  /** Time in which the machine was not run at all. */
  freeze(us: number): void {
    this.now += us;
  }

  hear(priority: number, more: { intervalUs?: number; outranks?: boolean } = {}): RouterEffect[] {
    return this.give({ kind: 'advert', priority, intervalUs: A, outranks: true, ...more });
  }

  peer(leaseUntil: number, more: Partial<PeerView> = {}): void {
    const view = { ...NO_PEER, at: this.now, master: true, intervalUs: A, priority: 50, term: 3, leaseUntil };
    this.give({ kind: 'peer', view: { ...view, ...more } });
  }
}

export const kinds = (effects: readonly RouterEffect[]) => effects.map((effect) => effect.kind);
export const whys = (rig: Rig) =>
  rig.effects.flatMap((effect) => (effect.kind === 'role' ? [effect.why] : []));
export const counts = (rig: Rig, name: string) =>
  rig.effects.filter((effect) => effect.kind === 'count' && effect.name === name).length;

/** A rig that took over after silence. */
export function master(settings: Partial<RouterSettings> = {}): Rig {
  const rig = new Rig(settings);
  rig.pass(4 * A);
  expect(rig.state.role).toBe('master');
  rig.effects = [];
  return rig;
}
