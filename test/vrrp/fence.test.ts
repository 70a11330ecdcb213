/** What must hold between two directors, whatever the network does. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { masterDown, skew } from '../../src/vrrp/timing.ts';
import { dice } from './dice.ts';
import { A, MAX_DELAY, Network, type PathName, type Side, type Weather } from './network.ts';

const side = fc.constantFrom<Side>(0, 1);
const GOOD: Weather = { arrives: () => true, delay: () => 0.5 };

/** A pair whose first director became master in good weather; then the weather begins. */
function pair(weather: Weather): Network {
  let begun = false;
  const network = new Network({
    arrives: (path, from, now) => !begun || weather.arrives(path, from, now),
    delay: () => weather.delay(),
  });
  network.start(0, true);
  network.start(1, true);
  network.run(10 * A);
  begun = true;
  return network;
}

interface Fault {
  readonly kind: 'pause' | 'kill' | 'hand-over';
  readonly side: Side;
  readonly afterUs: number;
  readonly forUs: number;
}

const faults = fc.array(
  fc.record<Fault>({
    kind: fc.constantFrom('pause', 'kill', 'hand-over'),
    side,
    afterUs: fc.integer({ min: 0, max: 8 * A }),
    forUs: fc.integer({ min: 1000, max: 8 * A }),
  }),
  { maxLength: 8 },
);

function suffer(network: Network, list: readonly Fault[]): void {
  for (const fault of list) {
    network.run(fault.afterUs);
    if (fault.kind === 'pause') network.pause(fault.side, fault.forUs);
    if (fault.kind === 'hand-over') network.handOver(fault.side);
    if (fault.kind === 'kill') {
      network.kill(fault.side);
      network.run(fault.forUs);
      network.start(fault.side);
    }
  }
}

describe('never two open fences', () => {
  test('while one path works, whatever the other loses, through pauses, restarts and handovers', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<PathName>('vrrp', 'sync'),
        fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
        fc.nat(),
        faults,
        (whole, loss, seed, list) => {
          const roll = dice(seed);
          const network = pair({
            arrives: (path, from) => path === whole || roll() >= loss[from],
            delay: roll,
          });
          suffer(network, list);
          network.run(20 * A);
          expect(network.overlaps.filter(({ tie }) => !tie)).toEqual([]);
          expect([network.open(0), network.open(1)].filter(Boolean)).toHaveLength(1);
        },
      ),
      // A fixed seed: what one run found, every run finds. Longer searches: raise numRuns, drop the seed.
      { numRuns: 400, seed: 9568 },
    );
  });

  test('while only the master is heard', () => {
    fc.assert(
      fc.property(fc.constantFrom<PathName>('vrrp', 'sync'), fc.nat(), (path, seed) => {
        const network = pair({ arrives: (on, from) => on === path && from === 0, delay: dice(seed) });
        network.run(50 * A);
        expect(network.overlaps).toEqual([]);
        expect(network.nodes[0].state.role).toBe('master');
      }),
    );
  });
});

test('when only the backup is heard, the master lets go before the backup moves', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 0, max: 3 * A }), (seed, when) => {
      let heard = true;
      const network = pair({ arrives: (_path, from) => heard || from === 1, delay: dice(seed) });
      network.run(when);
      heard = false;
      network.run(3 * A + skew(100, A) + 2 * MAX_DELAY);
      expect([network.open(0), network.open(1)]).toEqual([false, true]);
      network.run(100 * A);
      expect(network.overlaps).toEqual([]);
      expect([network.open(0), network.open(1)]).toEqual([false, true]);
    }),
  );
});

test('when the backup hears the sync path only, the master goes on, and nobody moves', () => {
  const network = pair({ arrives: (path, from) => path === 'sync' || from === 1, delay: () => 0.5 });
  network.run(200 * A);
  expect([network.open(0), network.open(1)]).toEqual([true, false]);
  expect(network.nodes[0].state).toMatchObject({ role: 'master', term: 1 });
  expect(network.overlaps).toEqual([]);
});

test('a master whose peer dies goes on without it', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 0, max: 3 * A }), (seed, when) => {
      const network = pair({ ...GOOD, delay: dice(seed) });
      network.run(when);
      network.crash(1);
      network.run(50 * A);
      expect(network.open(0)).toBe(true);
      expect(network.nodes[0].state).toMatchObject({ role: 'master', term: 1 });
    }),
  );
});

test('a split ends with one answerer within a master-down interval after it heals', () => {
  fc.assert(
    fc.property(fc.integer({ min: 5 * A, max: 30 * A }), fc.nat(), (splitUs, seed) => {
      let healed = false;
      const network = pair({ arrives: () => healed, delay: dice(seed) });
      network.run(splitUs);
      expect([network.open(0), network.open(1)]).toEqual([true, true]);
      healed = true;
      network.run(masterDown(100, A));
      expect([network.open(0), network.open(1)]).toEqual([true, false]);
      const before = network.overlaps.length;
      network.run(20 * A);
      expect(network.overlaps.length).toBe(before);
    }),
  );
});

test('after a crash the backup answers within three intervals and its skew', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3 * A }), fc.nat(), (afterUs, seed) => {
      const network = pair({ ...GOOD, delay: dice(seed) });
      network.run(afterUs);
      network.kill(0);
      network.run(3 * A + skew(100, A) + 2 * MAX_DELAY);
      expect(network.open(1)).toBe(true);
      expect(network.overlaps).toEqual([]);
    }),
  );
});

test('a handover leaves no answerer for no longer than a packet needs', () => {
  const network = pair(GOOD);
  network.handOver(0);
  while (network.open(0)) network.run(1);
  network.run(MAX_DELAY);
  expect(network.open(1)).toBe(true);
  network.run(50 * A);
  expect([network.open(0), network.open(1)]).toEqual([false, true]);
  expect(network.overlaps).toEqual([]);
});

test('a daemon that comes back within its lease goes on as if nothing had been', () => {
  const network = pair(GOOD);
  const { term } = network.nodes[0].state;
  network.kill(0);
  network.run(A);
  network.start(0);
  network.run(20 * A);
  expect(network.nodes[0].state).toMatchObject({ role: 'master', term });
  expect(network.nodes[1].state.role).toBe('backup');
});

test('a daemon that comes back later does not take the addresses from the peer, whatever its priority', () => {
  const network = pair(GOOD);
  network.kill(0);
  network.run(10 * A);
  network.start(0);
  network.run(50 * A);
  expect([network.open(0), network.open(1)]).toEqual([false, true]);
});

describe('with preemption, a director of higher priority that returns', () => {
  function returned(preemptDelayUs = 0): Network {
    const network = new Network(GOOD, { settings: { preempt: 'handover', preemptDelayUs } });
    network.start(0, true);
    network.start(1, true);
    network.run(10 * A);
    network.crash(0);
    network.run(10 * A);
    expect(network.open(1)).toBe(true);
    network.start(0, true);
    return network;
  }

  test('is given its place back when it has the table, without two answerers', () => {
    const network = returned();
    network.run(A);
    expect(network.open(0)).toBe(false);
    network.run(10 * A);
    expect([network.open(0), network.open(1)]).toEqual([true, false]);
    expect(network.overlaps).toEqual([]);
    expect(network.empty).toEqual([]);
  });

  test('waits for its delay', () => {
    const network = returned(20 * A);
    network.run(20 * A - 1);
    expect(network.open(1)).toBe(true);
    network.run(3 * A);
    expect(network.open(0)).toBe(true);
    expect(network.overlaps).toEqual([]);
  });

  test('stays away when a person handed over, until the other one is gone', () => {
    const network = returned();
    network.run(20 * A);
    network.handOver(0);
    network.run(100 * A);
    expect([network.open(0), network.open(1)]).toEqual([false, true]);
    network.crash(1);
    network.run(5 * A);
    expect(network.open(0)).toBe(true);
  });
});

test('a director that comes back empty leaves the takeover to the one that has the table', () => {
  const network = new Network(GOOD, { priorities: [200, 100] });
  network.start(0, true);
  network.start(1, true);
  network.run(10 * A);
  network.crash(0);
  network.run(A / 10);
  network.start(0, true);
  network.run(10 * A);
  expect([network.open(0), network.open(1)]).toEqual([false, true]);
  expect(network.empty).toEqual([]);
});

describe('while the VRRP path is lost and the sync path lives', () => {
  const deaf: Weather = { arrives: (path) => path === 'sync', delay: () => 0.5 };

  test('the director that reaches more becomes master; on a tie nothing moves', () => {
    const network = pair(deaf);
    for (const side of [0, 1] as const) network.track(side, network.nodes[side].state.priority, 3);
    network.run(100 * A);
    expect([network.open(0), network.open(1)]).toEqual([true, false]);
    network.track(0, 200, 2);
    network.run(5 * A);
    expect([network.open(0), network.open(1)]).toEqual([false, true]);
    network.run(100 * A);
    expect(network.overlaps).toEqual([]);
    expect([network.open(0), network.open(1)]).toEqual([false, true]);
  });
});

test('a master that must not be one gives the addresses away without a gap, and takes them without a peer', () => {
  const network = pair(GOOD);
  network.bar(0, true);
  network.run(A / 2);
  expect([network.open(0), network.open(1)]).toEqual([false, true]);
  network.run(10 * A);
  network.kill(1);
  network.run(10 * A);
  expect(network.open(0)).toBe(false);
  network.bar(0, false);
  network.run(10 * A);
  expect(network.open(0)).toBe(true);
  expect(network.overlaps).toEqual([]);
});
