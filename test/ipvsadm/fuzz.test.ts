import { expect, test } from 'vitest';
import { fuzz } from './fuzz.ts';

/** `npm run trial -- ipvsadm-fuzz` throws a hundred thousand, and others at processes. */
test('five thousand random command lines each end with an exit code, and never with half a change', async () => {
  const exits = await fuzz(20_261_129, 5000);
  // They get past the grammar, and into each of its refusals.
  expect(Object.keys(exits)).toEqual(['0', '1', '2', '255']);
});
