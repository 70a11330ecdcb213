import { describe, expect, test } from 'vitest';
import { type PathNews, PathWatch } from '../../../src/director/heartbeat/path-watch.ts';
import { newRouter } from '../../../src/vrrp/machine.ts';
import { NO_PEER, type PeerView, type RouterState } from '../../../src/vrrp/router.ts';

const A = 100_000;
const START = 1_000_000_000;
const ROUTER = newRouter({ priority: 100, advertUs: A, preempt: 'never', preemptDelayUs: 0 });

/** A watch with its clock, and everything that it said. */
class Rig {
  readonly watch = new PathWatch();
  readonly said: PathNews[] = [];
  now = START;
  state: RouterState = { ...ROUTER, role: 'backup', silentSince: START };

  /** So many intervals pass in which something of the peer's comes in on those paths. */
  pass(intervals: number, heard: { vrrp?: boolean; sync?: Partial<PeerView> }, rival = false): void {
    for (let step = 0; step < intervals; step += 1) {
      this.now += A;
      if (heard.vrrp) {
        this.watch.heard('vrrp', rival, this.state, this.now);
        this.state = { ...this.state, silentSince: this.now };
      }
      if (heard.sync) {
        const leaseUntil = heard.sync.master ? this.now + 2 * A : 0;
        const peer = { ...NO_PEER, at: this.now, leaseUntil, ...heard.sync };
        this.state = { ...this.state, peer };
        this.watch.heard('sync', rival, this.state, this.now);
      }
      this.said.push(...this.watch.look(this.state, this.now));
    }
  }

  become(role: 'backup' | 'master', why: string): void {
    this.state = { ...this.state, role, masterSince: this.now };
    this.watch.role(role, 3, why, this.now);
  }

  get texts(): string[] {
    return this.said.map(({ text }) => text);
  }
}

const MASTER = { master: true };

describe('one path lost', () => {
  test('VRRP, as a backup sees it, and its return', () => {
    const rig = new Rig();
    rig.pass(10, { vrrp: true, sync: MASTER });
    expect([rig.watch.state('vrrp'), rig.watch.state('sync'), rig.said]).toEqual(['up', 'up', []]);
    rig.pass(10, { sync: MASTER });
    expect([rig.watch.state('vrrp'), rig.watch.state('sync')]).toEqual(['lost', 'up']);
    rig.pass(3, { vrrp: true, sync: MASTER });
    expect(rig.texts).toEqual([
      'one path lost: the peer is heard by the sync path only',
      'the VRRP path to the peer works again',
    ]);
  });

  test('sync, as a backup sees it', () => {
    const rig = new Rig();
    rig.pass(10, { vrrp: true, sync: MASTER });
    rig.pass(10, { vrrp: true });
    expect(rig.watch.state('sync')).toBe('lost');
    rig.pass(3, { vrrp: true, sync: MASTER });
    expect(rig.texts).toEqual([
      'one path lost: the peer is heard by VRRP only',
      'the sync path to the peer works again',
    ]);
  });

  test('VRRP, as the peer tells a master', () => {
    const rig = new Rig();
    rig.become('master', 'started');
    rig.pass(5, { sync: { advertHeardAt: START } });
    expect(rig.watch.state('vrrp')).toBe('up');
    rig.pass(5, { sync: { advertHeardAt: START, deaf: true } });
    expect(rig.watch.state('vrrp')).toBe('lost');
    expect(rig.texts).toHaveLength(1);
  });

  test('is not said of a peer that is silent everywhere, nor of one that has no sync', () => {
    const rig = new Rig();
    rig.pass(10, { vrrp: true });
    rig.pass(30, {});
    const both = new Rig();
    both.pass(10, { vrrp: true, sync: MASTER });
    both.pass(30, {});
    expect([...rig.said, ...both.said]).toEqual([]);
  });
});

describe('the account of a split', () => {
  function split(): Rig {
    const rig = new Rig();
    rig.pass(10, { vrrp: true, sync: MASTER });
    rig.pass(4, {});
    rig.become('master', 'no advertisement for a master-down interval');
    rig.pass(20, {});
    rig.pass(1, { vrrp: true }, true);
    return rig;
  }

  test('of the one that yields', () => {
    const rig = split();
    rig.become('backup', 'a router of priority 200 is master');
    rig.pass(1, { vrrp: true });
    expect(rig.texts).toEqual([
      'a split of 2.500 s has ended: the other one is master',
      'split: 2.600 s ago: the other one was last heard',
      'split: 2.200 s ago: we became master (term 3): no advertisement for a master-down interval',
      'split: 0.100 s ago: the other one is heard again, on VRRP: both were master',
      'split: 0.100 s ago: we became backup (term 3): a router of priority 200 is master',
    ]);
  });

  test('of the one that stays', () => {
    const rig = split();
    rig.pass(2, { sync: { master: false } });
    expect(rig.texts[0]).toBe('a split of 2.500 s has ended: we are master');
    expect(rig.texts.at(-1)).toMatch(/the other one has yielded; every address is announced again$/);
    const told = rig.said.length;
    rig.pass(20, { sync: { master: false } });
    expect(rig.said.length).toBe(told);
  });

  test('is not given when a dead peer comes back as backup', () => {
    const rig = new Rig();
    rig.become('master', 'started');
    rig.pass(10, { sync: {} });
    rig.pass(30, {});
    rig.pass(10, { sync: {} });
    expect(rig.said).toEqual([]);
  });
});
