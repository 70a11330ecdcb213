import { expect, test } from 'vitest';
import type { Plane, SweepResult } from '../../src/datapath/plane.ts';
import { Board } from '../../src/director/board.ts';
import { Sweeper } from '../../src/director/sweeper.ts';
import { until } from '../support/until.ts';

const found = (connections: number, unsent = 0): SweepResult => ({
  ...{ expired: 0, connections, deferred: 0, unsent },
});

/** A plane whose first sweep finds nothing, and the next, of so many slices, something. */
function plane(slices: number, onSlice: (index: number) => void): Plane {
  return {
    sweep: () => found(0),
    *sweepSlices() {
      for (let index = 0; index < slices; index++) {
        onSlice(index);
        yield;
      }
      return found(7, 2);
    },
  } as unknown as Plane;
}

test('others have their turn between two slices of a sweep, and the board tells of it when it is whole', async () => {
  const board = new Board();
  const told: number[] = [];
  let turns = 0;
  const others = setInterval(() => turns++, 1);
  const turnsAtSlice: number[] = [];
  const sweeper = new Sweeper(
    plane(5, () => {
      turnsAtSlice.push(turns);
      told.push(board.get('sweeps'));
      const end = performance.now() + 3;
      while (performance.now() < end);
    }),
    board,
  );
  sweeper.start();
  await until('the second sweep is over', () => board.get('sweeps') === 2);
  sweeper.stop();
  clearInterval(others);
  expect(told).toEqual([1, 1, 1, 1, 1]);
  expect(new Set(turnsAtSlice).size).toBe(5);
  expect([sweeper.connections, board.get('connections'), board.get('unsent')]).toEqual([7, 7, 2]);
});
