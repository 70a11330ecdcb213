import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newRouter, RouterMisuse, step } from '../../src/vrrp/machine.ts';
import { leaseTime, masterDown, skew } from '../../src/vrrp/timing.ts';
import { A, CLOSED, counts, DOWN, kinds, master, Rig, START, whys } from './rig.ts';

test('a term that the peer drove to the end of its range goes on behind it', () => {
  const rig = new Rig();
  rig.peer(0, { master: false, term: 0xffff_ffff });
  rig.state = { ...rig.state, term: 0xffff_fff0 };
  rig.pass(4 * A);
  expect(rig.state).toMatchObject({ role: 'master', term: 0 });
});

describe('timing', () => {
  test("is RFC 9568's", () => {
    expect(skew(100, 1_000_000)).toBe(609_375);
    expect(masterDown(100, 1_000_000)).toBe(3_609_375);
    expect(masterDown(255, 1_000_000)).toBe(3_003_906);
  });

  test('lets a lease end before any listener moves', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 255 }), fc.integer({ min: 1, max: 4095 }), (priority, cs) => {
        expect(leaseTime(cs * 10_000)).toBeLessThan(masterDown(priority, cs * 10_000) - 0.4 * cs * 10_000);
      }),
    );
  });
});

describe('a backup', () => {
  test('moves after a master-down interval of silence, and not before', () => {
    const rig = new Rig();
    rig.pass(DOWN - 1);
    expect(rig.state.role).toBe('backup');
    rig.pass(1);
    expect(rig.state.role).toBe('master');
  });

  test('opens the fence, then advertises, then announces', () => {
    const rig = new Rig();
    rig.effects = [];
    rig.pass(DOWN);
    expect(kinds(rig.effects)).toEqual(['open-fence', 'send-advert', 'role', 'count', 'announce']);
    expect(rig.effects[0]).toEqual({ kind: 'open-fence', until: START + DOWN + leaseTime(A), term: 1 });
  });

  test('is held down by advertisements of any priority while preemption is off', () => {
    for (const priority of [1, 100, 254]) {
      const rig = new Rig();
      for (let i = 0; i < 20; i += 1) {
        rig.pass(A);
        rig.hear(priority);
      }
      expect(rig.state.role).toBe('backup');
    }
  });

  test('with preemption discards lower advertisements and moves', () => {
    const rig = new Rig({ preempt: 'advertise' });
    for (let i = 0; i < 5; i += 1) {
      rig.pass(A);
      rig.hear(99);
    }
    expect(rig.state.role).toBe('master');
  });

  test("adopts the master's interval", () => {
    const rig = new Rig();
    rig.hear(200, { intervalUs: 10 * A });
    expect(rig.state.masterDownAt).toBe(START + masterDown(100, 10 * A));
    rig.pass(masterDown(100, 10 * A) - 1);
    expect(rig.state.role).toBe('backup');
    rig.pass(1);
    expect(rig.state).toMatchObject({ role: 'master', intervalUs: A });
  });

  test('moves after its skew when the master leaves with priority 0', () => {
    const rig = new Rig();
    rig.hear(200);
    rig.hear(0);
    rig.pass(skew(100, A) - 1);
    expect(rig.state.role).toBe('backup');
    rig.pass(1);
    expect(rig.state.role).toBe('master');
    expect(whys(rig)).toContain('the master gave the addresses up');
  });

  test('says that nobody was heard when a release is long past', () => {
    const rig = new Rig();
    rig.hear(0);
    rig.hear(200);
    rig.pass(DOWN);
    expect(whys(rig)).toContain('no advertisement for a master-down interval');
  });

  test('is held while the sync path says that the peer is master with a live lease', () => {
    const rig = new Rig();
    for (let i = 0; i < 50; i += 1) {
      rig.pass(A);
      rig.peer(rig.now + 2 * A);
    }
    expect(rig.state.role).toBe('backup');
    expect(counts(rig, 'held')).toBeGreaterThan(3);
    rig.pass(2 * A + A / 2 + skew(100, A) + 1);
    expect(rig.state).toMatchObject({ role: 'master', term: 4 });
  });

  test('is not held by a lease that the peer has released', () => {
    const rig = new Rig();
    rig.peer(rig.now + 2 * A);
    rig.pass(1000);
    rig.hear(0);
    rig.pass(skew(100, A));
    expect(rig.state.role).toBe('master');
  });

  test('is not held by hearsay that names a lease longer than any', () => {
    const rig = new Rig();
    rig.peer(rig.now + 3_600_000_000);
    rig.pass(2 * DOWN);
    expect(rig.state.role).toBe('master');
  });

  test('is not held by a peer that is no master', () => {
    const rig = new Rig();
    for (let i = 0; i < 4; i += 1) {
      rig.pass(A);
      rig.peer(rig.now + 2 * A, { master: false });
    }
    expect(rig.state.role).toBe('master');
  });

  test('does not count the time that it slept as silence', () => {
    const rig = new Rig();
    rig.pass(A);
    rig.freeze(100 * A);
    rig.give({ kind: 'timer' });
    expect(rig.state.role).toBe('backup');
    expect(counts(rig, 'slept')).toBe(1);
    rig.pass(DOWN);
    expect(rig.state.role).toBe('master');
  });

  test('takes over at once when the peer hands over', () => {
    const rig = new Rig();
    rig.peer(rig.now + 2 * A, { term: 8 });
    rig.give({ kind: 'released' });
    expect(rig.state).toMatchObject({ role: 'master', term: 9 });
  });

  test('ignores for one interval what the peer advertised before it handed over', () => {
    const rig = new Rig();
    rig.give({ kind: 'released' });
    rig.hear(200);
    expect(rig.state.role).toBe('master');
    expect(counts(rig, 'stale')).toBe(1);
    rig.pass(A);
    rig.hear(200);
    expect(rig.state.role).toBe('backup');
  });

  test('does not trust a handover that it may have slept through', () => {
    const rig = new Rig();
    rig.pass(A);
    rig.freeze(10 * A);
    rig.give({ kind: 'released' });
    expect(rig.state.role).toBe('backup');
    rig.pass(A);
    rig.give({ kind: 'released' });
    expect(rig.state.role).toBe('master');
  });

  test('never moves while its daemon stands still', () => {
    const rig = new Rig();
    rig.give({ kind: 'bar', gently: false });
    rig.pass(10 * DOWN);
    rig.give({ kind: 'released' });
    expect(rig.state.role).toBe('backup');
    rig.give({ kind: 'unbar' });
    rig.pass(DOWN);
    expect(rig.state.role).toBe('master');
  });

  test('gives up when the first advertisement cannot be sent', () => {
    const rig = new Rig();
    rig.sendsSucceed = false;
    rig.effects = [];
    rig.pass(DOWN);
    expect(rig.state).toMatchObject({ role: 'backup', leaseUntil: 0 });
    expect(kinds(rig.effects)).toContain('close-fence');
    expect(kinds(rig.effects)).not.toContain('announce');
  });
});

describe('the owner of the addresses', () => {
  test('begins as master with preemption, as RFC 9568 has it', () => {
    expect(new Rig({ priority: 255, preempt: 'advertise' }).state.role).toBe('master');
  });

  test('waits like everybody when preemption is off', () => {
    const rig = new Rig({ priority: 255 });
    expect(rig.state.role).toBe('backup');
    rig.hear(10);
    rig.pass(masterDown(255, A) - 1);
    expect(rig.state.role).toBe('backup');
  });
});

describe('a master', () => {
  test('advertises once in an interval, in fixed slots, and renews the lease each time', () => {
    const rig = master();
    const first = rig.state.advertAt;
    const effects = rig.pass(first - rig.now + 9 * A);
    expect(effects.filter((effect) => effect.kind === 'send-advert')).toHaveLength(10);
    expect(rig.state.advertAt).toBe(first + 10 * A);
    expect(rig.state.leaseUntil).toBe(first + 9 * A + leaseTime(A));
  });

  test('counts the lease from the time before the advertisement was sent', () => {
    const rig = master();
    rig.sendsSucceed = undefined;
    rig.pass(rig.state.advertAt - rig.now);
    const at = rig.now;
    rig.now += 30_000;
    rig.give({ kind: 'sent', at, ok: true });
    expect(rig.state.leaseUntil).toBe(at + leaseTime(A));
  });

  test('does not renew the lease when sending fails, and steps back when it is over', () => {
    const rig = master();
    rig.sendsSucceed = false;
    const { leaseUntil } = rig.state;
    rig.pass(leaseUntil - rig.now - 1);
    expect(rig.state).toMatchObject({ role: 'master', leaseUntil });
    rig.pass(1);
    expect(rig.state.role).toBe('backup');
    expect(counts(rig, 'lapses')).toBe(1);
    expect(rig.state.masterDownAt).toBe(rig.now + DOWN);
  });

  test('says why its lease ran out: its own pause, or a peer that has not heard it', () => {
    const frozen = master();
    frozen.pass(A);
    frozen.give({ kind: 'timer' });
    frozen.freeze(3 * A);
    frozen.give({ kind: 'timer' });
    expect(whys(frozen).at(-1)).toBe('the lease ran out: this daemon stood still for 300 ms');
    const unheard = master();
    const heardAt = unheard.now;
    for (let n = 0; n < 12 && unheard.state.role === 'master'; n += 1) {
      unheard.peer(0, { master: false, able: true, advertHeardAt: heardAt, deaf: n > 3 });
      unheard.pass(A / 4);
    }
    expect(whys(unheard).at(-1)).toBe('the lease ran out: the peer last heard us 250 ms ago');
  });

  test('never renews a lease that ran out while it was frozen', () => {
    for (const event of [
      { kind: 'timer' },
      { kind: 'sent', at: START, ok: true },
      { kind: 'advert', priority: 50, intervalUs: A, outranks: false },
      { kind: 'released' },
    ] as const) {
      const rig = master();
      rig.freeze(leaseTime(A) + A);
      rig.effects = [];
      rig.give(event);
      expect(rig.effects[0]).toEqual({ kind: 'close-fence' });
      expect(counts(rig, 'lapses')).toBe(1);
      expect(rig.state.role).toBe('backup');
    }
  });

  test.each([
    ['higher priority', 101, false, 'backup'],
    ['equal priority and a greater address', 100, true, 'backup'],
    ['equal priority and a smaller address', 100, false, 'master'],
    ['lower priority', 99, true, 'master'],
  ])('that hears a %s', (_what, priority, outranks, role) => {
    const rig = master();
    rig.pass(A / 2);
    const effects = rig.hear(priority, { outranks });
    expect(rig.state.role).toBe(role);
    expect(kinds(effects)).toContain(role === 'backup' ? 'close-fence' : 'send-advert');
  });

  test('that goes on with a lease of a longer interval shortens it with its first advertisement', () => {
    const rig = new Rig({}, { until: START + leaseTime(100 * A), term: 4 });
    rig.pass(1);
    expect(rig.state).toMatchObject({ role: 'master', leaseUntil: START + leaseTime(A) });
    expect(rig.effects).toContainEqual({ kind: 'open-fence', until: START + leaseTime(A), term: 4 });
  });

  test('is not made by a lease that no advertisement can have given', () => {
    const longest = leaseTime(40_950_000);
    expect(new Rig({}, { until: START + longest, term: 4 }).state.role).toBe('master');
    const rig = new Rig({}, { until: START + longest + 1, term: 4 });
    expect(rig.state).toMatchObject({ role: 'backup', term: 4 });
    expect(kinds(rig.effects)[0]).toBe('close-fence');
  });

  test('closes the fence before anything else when it yields', () => {
    expect(kinds(master().hear(200))[0]).toBe('close-fence');
  });

  test('answers a flood of losing advertisements with four in an interval at most', () => {
    const rig = master();
    rig.effects = [];
    for (let i = 0; i < 1000; i += 1) {
      rig.pass(A / 1000);
      rig.hear(50);
    }
    expect(kinds(rig.effects).filter((kind) => kind === 'send-advert').length).toBeLessThanOrEqual(5);
  });

  test('answers a flood of releases likewise', () => {
    const rig = master();
    rig.effects = [];
    for (let i = 0; i < 1000; i += 1) {
      rig.pass(A / 1000);
      rig.hear(0);
    }
    expect(kinds(rig.effects).filter((kind) => kind === 'send-advert').length).toBeLessThanOrEqual(5);
  });

  test('yields to no loser while the sync path says that the peer is backup: that one is a stranger', () => {
    const rig = master();
    for (let i = 0; i < 20; i += 1) {
      rig.pass(A);
      rig.peer(0, { master: false });
      rig.hear(50);
    }
    expect(rig.state.role).toBe('master');
    for (let i = 0; i < 20 && rig.state.role === 'master'; i += 1) {
      rig.pass(A);
      rig.hear(50);
    }
    expect(rig.state.role).toBe('backup');
  });

  test('yields to a loser that does not hear it for a whole master-down interval', () => {
    const rig = master();
    const until = rig.now + DOWN;
    while (rig.state.role === 'master') {
      rig.pass(A);
      rig.hear(50);
    }
    expect(rig.now).toBeGreaterThan(until);
    expect(rig.now).toBeLessThanOrEqual(until + 3 * A);
  });

  test('announces the addresses again when a split has healed, once in a second at most', () => {
    const rig = master();
    rig.pass(1_000_000);
    rig.effects = [];
    rig.hear(50);
    for (let i = 0; i < 5; i += 1) {
      rig.pass(A);
      rig.hear(50);
    }
    expect(kinds(rig.effects).filter((kind) => kind === 'announce')).toHaveLength(1);
  });

  test('announces them for the last time when the loser has fallen silent', () => {
    const rig = master();
    rig.pass(2_000_000);
    rig.hear(50);
    rig.effects = [];
    rig.pass(900_000);
    expect(kinds(rig.effects)).not.toContain('announce');
    rig.pass(5_000_000);
    expect(kinds(rig.effects).filter((kind) => kind === 'announce')).toHaveLength(1);
  });

  test('advertises at once when somebody leaves', () => {
    const rig = master();
    rig.pass(A / 3);
    expect(kinds(rig.hear(0))).toEqual(['send-advert']);
  });

  test('that releases closes the fence first and does not take the addresses back soon', () => {
    const rig = master();
    const effects = rig.give({ kind: 'release', ordered: true });
    expect(kinds(effects)[0]).toBe('close-fence');
    expect(effects.filter((effect) => effect.kind === 'send-advert' && effect.priority === 0)).not.toEqual(
      [],
    );
    rig.pass(2 * DOWN - 1);
    expect(rig.state.role).toBe('backup');
    rig.pass(1);
    expect(rig.state.role).toBe('master');
  });

  test('that released is not called back by the farewell of an earlier handover', () => {
    const rig = master();
    rig.give({ kind: 'release', ordered: true });
    rig.hear(0);
    rig.pass(DOWN);
    expect(rig.state.role).toBe('backup');
  });

  test('whose daemon stands still lets go and says so', () => {
    const rig = master();
    expect(kinds(rig.give({ kind: 'bar', gently: false }))).toEqual(
      expect.arrayContaining(['close-fence', 'send-advert']),
    );
    expect(rig.state.role).toBe('backup');
  });

  test('that shuts down for a restart leaves its lease alone', () => {
    expect(kinds(master().give({ kind: 'shutdown', handOver: false }))).toEqual(['role']);
  });

  test('that shuts down for good closes the fence and sends priority 0', () => {
    const effects = master().give({ kind: 'shutdown', handOver: true });
    expect(kinds(effects)[0]).toBe('close-fence');
    expect(effects).toContainEqual({ kind: 'send-advert', priority: 0 });
  });
});

describe('a master whose daemon goes for a moment', () => {
  const LONGER = 9_000_000;

  test('holds a longer lease once the peer was told, through silence that would have ended it', () => {
    const rig = master();
    rig.give({ kind: 'extend', us: LONGER });
    expect(rig.state.leaseUntil).toBe(rig.state.sentAt + leaseTime(A) + LONGER);
    rig.freeze(10 * A);
    rig.give({ kind: 'timer' });
    expect(rig.state.role).toBe('master');
    expect(counts(rig, 'lapses')).toBe(0);
  });

  test('that stays holds the shorter one before the peer hears of it', () => {
    const rig = master();
    rig.give({ kind: 'extend', us: LONGER });
    rig.pass(A / 2);
    const effects = rig.give({ kind: 'extend', us: 0 });
    expect(kinds(effects)).toEqual(['open-fence', 'send-advert']);
    expect(effects[0]).toMatchObject({ until: rig.now + leaseTime(A) });
    rig.freeze(leaseTime(A));
    rig.give({ kind: 'timer' });
    expect(rig.state.role).toBe('backup');
  });

  test('and loses the addresses is an ordinary one the next time', () => {
    const rig = master();
    rig.give({ kind: 'extend', us: LONGER });
    rig.hear(200);
    expect(rig.state).toMatchObject({ role: 'backup', extensionUs: 0 });
  });

  test('a backup has no lease that could be longer', () => {
    const rig = new Rig();
    expect(rig.give({ kind: 'extend', us: LONGER })).toEqual([]);
    rig.pass(DOWN);
    expect(rig.state.leaseUntil).toBe(rig.state.sentAt + leaseTime(A));
  });
});

describe('a restart', () => {
  test('goes on as master under a lease that still runs, in the same term', () => {
    const rig = new Rig({}, { until: START + A, term: 5 });
    expect(rig.state).toMatchObject({ role: 'master', term: 5, leaseUntil: START + A });
    expect(kinds(rig.pass(0))).toContain('send-advert');
    expect(rig.state.leaseUntil).toBe(START + leaseTime(A));
  });

  test('with a lease that ran out waits, and takes a new term', () => {
    const rig = new Rig({}, { until: START, term: 5 });
    expect(rig.state.role).toBe('backup');
    rig.pass(DOWN);
    expect(rig.state).toMatchObject({ role: 'master', term: 6 });
  });
});

test('a step that nobody may ask for names state and event', () => {
  const fresh = newRouter({ priority: 100, advertUs: A, preempt: 'never', preemptDelayUs: 0 });
  expect(() => step(fresh, { kind: 'timer' }, START)).toThrow(RouterMisuse);
  expect(() => step(new Rig().state, { kind: 'startup', fence: CLOSED }, START)).toThrow(
    /"backup".*"startup"/,
  );
});
