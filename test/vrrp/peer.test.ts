/** What the sync path changes: whose word counts, from when a lease counts, who moves. */
import { describe, expect, test } from 'vitest';
import { hearing, isDeaf } from '../../src/vrrp/lease.ts';
import { leaseTime, masterDown } from '../../src/vrrp/timing.ts';
import { A, counts, DOWN, kinds, master, Rig } from './rig.ts';

const LONG = 40_950_000;

describe('what the peer hears', () => {
  const at = 5_000_000;

  test('is dated by the clock reading that it echoes, not by when its word came', () => {
    const said = { silence: 30_000, echo: { clock: 4_000_000, age: 50_000 } };
    const { advertHeardAt, beatHeardAt } = hearing(said, at, A);
    expect(beatHeardAt).toBe(4_000_000);
    expect(advertHeardAt).toBeLessThanOrEqual(4_020_000);
    expect(advertHeardAt).toBeGreaterThan(4_019_900);
  });

  test('is dated by when its word came where the echo is too old for two clocks', () => {
    expect(hearing({ silence: 30_000, echo: { clock: 1000, age: 4_000_000_000 } }, at, A).advertHeardAt).toBe(
      at - 30_000,
    );
    expect(hearing({ silence: 30_000, echo: undefined }, at, A).advertHeardAt).toBe(at - 30_000);
  });

  test('is never later than now, whatever it says', () => {
    const lie = { silence: 0, echo: { clock: 9_000_000_000, age: 0 } };
    expect(hearing(lie, at, A)).toEqual({ advertHeardAt: at, deaf: false, beatHeardAt: at });
  });

  test('is nothing when it does not wait for advertisements', () => {
    expect(hearing({ silence: undefined, echo: undefined }, at, A)).toMatchObject({ advertHeardAt: 0 });
  });
});

describe('the lease of a master whose peer is heard', () => {
  test('counts from the newest advertisement that the peer heard', () => {
    const rig = master();
    rig.pass(A + 1000);
    const heard = rig.state.sentAt - 1000;
    rig.peer(0, { master: false, advertHeardAt: heard });
    expect(rig.state.leaseUntil).toBe(heard + leaseTime(A));
    rig.pass(A);
    expect(rig.state.leaseUntil).toBe(heard + leaseTime(A));
  });

  test('is renewed by no advertisement that the peer misses, and ends before the peer moves', () => {
    const rig = master();
    rig.pass(A);
    const heard = rig.state.sentAt;
    for (let i = 0; i < 40 && rig.state.role === 'master'; i += 1) {
      rig.pass(A / 10);
      const silence = rig.now - heard;
      rig.peer(0, { master: false, advertHeardAt: heard, deaf: isDeaf(silence, A) });
    }
    expect(rig.state.role).toBe('backup');
    expect(rig.now).toBeLessThan(heard + 3 * A);
    expect(counts(rig, 'lapses')).toBe(1);
  });

  test('is renewed by sync heartbeats that the peer hears instead', () => {
    const rig = master();
    const heard = rig.now;
    for (let i = 0; i < 100; i += 1) {
      rig.pass(A / 4);
      const deaf = isDeaf(rig.now - heard, A);
      rig.peer(0, { master: false, advertHeardAt: heard, deaf, beatHeardAt: rig.now - 1000 });
    }
    expect(rig.state.role).toBe('master');
  });

  test('is not renewed by heartbeats from before the peer was known to be deaf', () => {
    const rig = master();
    rig.pass(2 * A);
    const beat = rig.now - 1000;
    rig.peer(0, { master: false, advertHeardAt: rig.now - 2 * A, deaf: true, beatHeardAt: beat });
    expect(rig.state.leaseUntil).toBe(rig.now - 2 * A + leaseTime(A));
  });

  test('goes on when the peer falls silent after it was heard', () => {
    const rig = master();
    for (let i = 0; i < 10; i += 1) {
      rig.pass(A);
      rig.peer(0, { master: false, advertHeardAt: rig.state.sentAt });
    }
    rig.pass(100 * A);
    expect(rig.state.role).toBe('master');
  });

  test('goes on between two words that were both long under way', () => {
    const rig = master();
    rig.pass(2 * A);
    for (let i = 0; i < 20; i += 1) {
      // Just before an advertisement: it still counts then, and the lease ends before the next one.
      rig.pass(rig.state.advertAt - rig.now - 1000);
      rig.peer(0, { master: false, advertHeardAt: rig.now - 1.6 * A });
      rig.pass(1000);
      rig.pass(A - 2000);
    }
    expect(rig.state.role).toBe('master');
    expect(counts(rig, 'lapses')).toBe(0);
  });

  test('goes on when what the peer says comes late', () => {
    const rig = master();
    for (let i = 0; i < 100; i += 1) {
      rig.pass(A / 2);
      rig.peer(0, { master: false, advertHeardAt: rig.now - 10 * A });
    }
    expect(rig.state.role).toBe('master');
  });
});

describe('forged advertisements, when the sealed peer is heard,', () => {
  const sealed = (rig: Rig, more = {}) => rig.peer(rig.now + 2 * A, { sealed: true, priority: 200, ...more });

  test('with a long interval keep nobody waiting longer than the directors do', () => {
    const rig = new Rig();
    sealed(rig);
    rig.hear(255, { intervalUs: LONG });
    expect(rig.state.masterDownAt).toBe(rig.now + DOWN);
    const open = new Rig();
    open.hear(255, { intervalUs: LONG });
    expect(open.state.masterDownAt).toBe(open.now + masterDown(100, LONG));
  });

  test('with a long interval of the peer itself are believed as far as it says so', () => {
    const rig = new Rig();
    sealed(rig, { intervalUs: 10 * A });
    rig.hear(200, { intervalUs: LONG });
    expect(rig.state.masterDownAt).toBe(rig.now + masterDown(100, 10 * A));
  });

  test('hold a backup no longer than one master-down interval while the peer is no master', () => {
    const rig = new Rig();
    const began = rig.now;
    for (let i = 0; i < 12 && rig.state.role === 'backup'; i += 1) {
      rig.pass(A);
      sealed(rig, { master: false });
      rig.hear(255);
    }
    expect(rig.state.role).toBe('master');
    expect(rig.now - began).toBeLessThanOrEqual(2 * DOWN + 2 * A);
    expect(counts(rig, 'strange')).toBeGreaterThan(0);
  });

  test('of a higher priority do not make a master yield', () => {
    const rig = master();
    for (let i = 0; i < 30; i += 1) {
      rig.pass(A);
      sealed(rig, { master: false });
      rig.hear(255);
    }
    expect(rig.state.role).toBe('master');
    expect(counts(rig, 'strange')).toBe(30);
    // Without the peer's word there is nothing but advertisements.
    rig.pass(DOWN);
    rig.hear(255);
    expect(rig.state.role).toBe('backup');
  });

  test('of priority 0 make no backup move while the peer has a lease', () => {
    const rig = new Rig();
    for (let i = 0; i < 30; i += 1) {
      rig.pass(A);
      rig.hear(200);
      sealed(rig);
      rig.hear(0);
    }
    expect(rig.state.role).toBe('backup');
    // The peer gives up: it says so on both paths.
    rig.hear(0);
    rig.peer(0, { sealed: true, master: false });
    rig.pass(A);
    expect(rig.state.role).toBe('master');
  });
});

describe('two masters that hear each other on the sync path alone', () => {
  test('are one when the lower yields', () => {
    const rig = master();
    rig.pass(2 * A);
    rig.peer(rig.now + A, { priority: 101 });
    expect(rig.state.role).toBe('backup');
  });

  test('at equal priority are told apart by their address', () => {
    for (const [outranks, role] of [
      [true, 'backup'],
      [false, 'master'],
    ] as const) {
      const rig = master();
      rig.pass(2 * A);
      rig.peer(rig.now + A, { priority: 100, outranks });
      expect(rig.state.role).toBe(role);
    }
  });

  test('of which the winner announces every address again', () => {
    const rig = master();
    rig.pass(2_000_000);
    rig.effects = [];
    rig.peer(rig.now + A, { priority: 99 });
    expect(kinds(rig.effects)).toContain('announce');
    expect(rig.state.role).toBe('master');
  });
});

describe('the term of a master', () => {
  test.each([
    ['that wins against a later one', { master: true, term: 7 }],
    ['that wins against an equal one', { master: true, term: 1 }],
    ['whose rival has yielded before it was heard', { master: false, term: 7 }],
  ])('%s goes above it, in the fence at once', (_, view) => {
    const rig = master();
    rig.pass(2 * A);
    rig.effects = [];
    rig.peer(rig.now + A, { priority: 99, ...view });
    const { role, term, leaseUntil } = rig.state;
    expect([role, term]).toEqual(['master', view.term + 1]);
    expect(rig.effects).toContainEqual({ kind: 'open-fence', until: leaseUntil, term });
  });

  test('stays where the peer has an earlier one, and where the peer wins', () => {
    const rig = master();
    rig.pass(2 * A);
    rig.peer(0, { master: false, priority: 99, term: 0 });
    expect(rig.state.term).toBe(1);
    rig.peer(rig.now + A, { priority: 101, term: 7 });
    expect(rig.state).toMatchObject({ role: 'backup', term: 1 });
  });
});

describe('preemption', () => {
  const lower = { priority: 50, held: true };

  test('asks the lower master, and goes on listening', () => {
    const rig = new Rig({ preempt: 'handover' });
    for (let i = 0; i < 100; i += 1) {
      rig.pass(A);
      rig.peer(rig.now + 2 * A, lower);
      rig.hear(50);
    }
    expect(rig.state.role).toBe('backup');
    expect(counts(rig, 'asked')).toBe(5);
  });

  test('does not ask without the table, nor one of higher priority', () => {
    const rig = new Rig({ preempt: 'handover' });
    for (let i = 0; i < 100; i += 1) {
      rig.pass(A);
      rig.peer(rig.now + 2 * A, { ...lower, held: i % 2 === 0 });
      rig.hear(i % 2 === 0 ? 150 : 50);
    }
    expect(counts(rig, 'asked')).toBe(0);
  });

  test('beside a peer that was never heard on the sync path is what RFC 9568 has', () => {
    const rig = new Rig({ preempt: 'advertise', preemptDelayUs: 10 * A });
    let passed = 0;
    while (rig.state.role === 'backup') {
      rig.pass(A);
      rig.hear(50);
      passed += A;
    }
    expect(passed).toBeGreaterThanOrEqual(11 * A + DOWN - A);
    expect(passed).toBeLessThanOrEqual(11 * A + DOWN + A);
  });

  test('follows what is tracked', () => {
    const rig = new Rig({ preempt: 'handover' });
    const meet = () => {
      rig.pass(A);
      rig.peer(rig.now + 2 * A, lower);
      rig.hear(50);
    };
    rig.give({ kind: 'tracked', priority: 40, reach: 1 });
    meet();
    expect(counts(rig, 'asked')).toBe(0);
    rig.give({ kind: 'tracked', priority: 100, reach: 2 });
    meet();
    expect(counts(rig, 'asked')).toBe(1);
  });
});

test('the owner of the addresses keeps its priority, whatever is tracked', () => {
  const rig = new Rig({ priority: 255 });
  rig.give({ kind: 'tracked', priority: 10, reach: 0 });
  expect(rig.state).toMatchObject({ priority: 255, reach: 0 });
});

test('what is tracked makes a backup move earlier or later', () => {
  const rig = new Rig();
  rig.give({ kind: 'tracked', priority: 200, reach: 0 });
  expect(rig.state.masterDownAt).toBe(rig.now + masterDown(200, A));
});
