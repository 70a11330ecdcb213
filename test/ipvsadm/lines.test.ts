import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linesOf } from '../../src/ipvsadm/lines.ts';

async function* from(pieces: readonly string[]): AsyncGenerator<string> {
  yield* pieces;
}

async function lines(...pieces: string[]): Promise<(readonly string[])[]> {
  const all: (readonly string[])[] = [];
  for await (const some of linesOf(from(pieces))) all.push(some);
  return all;
}

test('lines that come together are given together, each when it has ended', async () => {
  expect(await lines('a\nb\nc', 'd', '\ne\n')).toEqual([
    ['a', 'b'],
    ['cd', 'e'],
  ]);
});

test('a last line without an end is a line', async () => {
  expect(await lines('a\nb')).toEqual([['a'], ['b']]);
  expect(await lines('')).toEqual([]);
});

test('whatever the pieces and the line ends, the lines are the same but for empty ones', async () => {
  const line = fc.constantFrom('', '-A x', ' b');
  const text = fc
    .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')))
    .map((parts) => parts.flat().join(''));
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 5 }), async (whole, size) => {
      const pieces = whole.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      const found = (await lines(...pieces)).flat().filter((each) => each !== '');
      expect(found).toEqual(whole.split(/[\r\n]+/).filter((each) => each !== ''));
    }),
  );
});
