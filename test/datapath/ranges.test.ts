import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RangeAllocator } from '../../src/datapath/ranges.ts';

test('runs that are in use never overlap, whatever is handed out and given back', () => {
  const length = fc.nat({ max: 3 });
  const steps = fc.array(fc.oneof(fc.record({ length }), fc.record({ back: fc.nat({ max: 3 }) })), {
    maxLength: 30,
    size: 'max',
  });
  fc.assert(
    fc.property(steps, (given) => {
      const ranges = new RangeAllocator(8);
      const used: { start: number; length: number }[] = [];
      for (const step of given) {
        if ('length' in step) {
          const start = ranges.allocate(step.length);
          if (start !== undefined) used.push({ start, length: step.length });
        } else {
          const [gone] = used.splice(step.back, 1);
          if (gone) ranges.free(gone.start, gone.length);
        }
        const cells = used.flatMap((run) => Array.from({ length: run.length }, (_, at) => run.start + at));
        expect(new Set(cells).size).toBe(cells.length);
        expect(cells.every((cell) => cell >= 0 && cell < 8)).toBe(true);
      }
    }),
  );
});

test('a run that is too long for what is free is refused', () => {
  const ranges = new RangeAllocator(8);
  expect(ranges.allocate(5)).toBe(0);
  expect(ranges.allocate(4)).toBeUndefined();
  ranges.free(0, 5);
  expect(ranges.allocate(8)).toBe(0);
});
