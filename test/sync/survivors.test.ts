import { expect, test } from 'vitest';
import type { Peer } from '../../src/sync/peer.ts';
import { askEachOther } from '../../src/sync/survivors.ts';

interface Told {
  readonly sender: number;
  synced?: boolean;
  readonly applied?: number;
  readonly bereft?: boolean;
  /** What it says that it has of peer 1; none: it does not know that one. */
  readonly has?: number;
}

/** A peer of whom only this is asked. */
function peer({ sender, synced = true, applied = 0, bereft = false, has }: Told) {
  const asked = new Set<number>();
  const one = {
    ...{ sender, synced, applied, bereft, asked, epoch: 1, live: true, givenUp: false, settled: 0 },
    heartbeat: { echoes: has === undefined ? [] : [{ sender: 1, epoch: 1, applied: has }] },
    settle: () => {
      one.settled++;
    },
    giveUp: () => {
      one.givenUp = true;
    },
  };
  return one;
}

const look = (peers: ReturnType<typeof peer>[], alive: readonly number[]): void =>
  askEachOther(peers as unknown as Peer[], ({ sender }) => alive.includes(sender), 0);

test('of a director that fell silent a survivor is asked that has heard more, or less, and once', () => {
  for (const has of [4, 6, undefined]) {
    const [silent, other] = [peer({ sender: 1, applied: 5 }), peer({ sender: 2, ...(has && { has }) })];
    for (let turn = 0; turn < 3; turn++) look([silent, other], [2]);
    expect(other.settled).toBe(1);
  }
});

test('who has heard the same of it is not asked, nor anybody while it lives', () => {
  const [silent, other] = [peer({ sender: 1, applied: 5 }), peer({ sender: 2, has: 5 })];
  look([silent, other], [2]);
  look([peer({ sender: 1, applied: 9 }), other], [1, 2]);
  expect(other.settled).toBe(0);
});

test('what is missing of it is given up when those who are left have told what they had, and not before', () => {
  const silent = peer({ sender: 1, applied: 5, synced: false });
  const other = peer({ sender: 2, has: 5 });
  other.synced = false;
  look([silent, other], [2]);
  expect([other.settled, silent.givenUp]).toEqual([1, false]);
  other.synced = true;
  look([silent, other], [2]);
  expect(silent.givenUp).toBe(true);
});

test('of one that comes back empty the others are asked as soon as they are heard', () => {
  const empty = peer({ sender: 1, bereft: true });
  const [near, far] = [peer({ sender: 2 }), peer({ sender: 3 })];
  near.heartbeat.echoes.push({ sender: 3, epoch: 1, applied: 0 });
  look([empty, near, far], [1, 2]);
  expect([near.settled, far.settled, empty.bereft]).toEqual([1, 0, true]);
  look([empty, near, far], [1, 2, 3]);
  expect([near.settled, far.settled, empty.bereft]).toEqual([1, 1, false]);
});
