import { expect, test } from 'vitest';
import { AnswerLog, oneAnswerer, outside } from '../../src/drill/answerers.ts';

const NAMES = new Map([
  ['a', 'lb1'],
  ['b', 'lb2'],
]);

function verdict(
  answers: readonly (readonly [question: number, mac: string])[],
  expected: readonly string[],
) {
  const log = new AnswerLog();
  answers.forEach(([question, mac], index) => {
    log.add(question, mac, index);
  });
  return oneAnswerer(log.record(10), expected, NAMES);
}

test('one after the other is right', () => {
  const { passed, detail } = verdict(
    [
      [0, 'a'],
      [1, 'a'],
      [5, 'b'],
      [6, 'b'],
      [7, 'b'],
    ],
    ['a', 'b'],
  );
  expect(detail).toBe('asked 10 times; answered by lb1 2 times, then lb2 3 times');
  expect(passed).toBe(true);
});

test('an answer of the old one after the first of the new one is a violation', () => {
  expect(
    verdict(
      [
        [0, 'a'],
        [1, 'b'],
        [2, 'a'],
        [3, 'b'],
      ],
      ['a', 'b'],
    ).passed,
  ).toBe(false);
});

test('two answers to the same question are a violation, though each director stopped in turn', () => {
  const { passed, detail } = verdict(
    [
      [0, 'a'],
      [1, 'a'],
      [1, 'b'],
      [2, 'b'],
    ],
    ['a', 'b'],
  );
  expect(passed).toBe(false);
  expect(detail).toContain('1 questions answered by both');
});

test('a second director is a violation where none may take over', () => {
  expect(
    verdict(
      [
        [0, 'a'],
        [1, 'b'],
      ],
      ['a'],
    ).passed,
  ).toBe(false);
  expect(
    verdict(
      [
        [0, 'a'],
        [1, 'a'],
      ],
      ['a'],
    ).passed,
  ).toBe(true);
});

test('nobody is a violation: the question was never heard', () => {
  const { passed, detail } = verdict([], ['a', 'b']);
  expect(passed).toBe(false);
  expect(detail).toBe('asked 10 times; answered by nobody');
});

test('many changes are told in few words', () => {
  const answers = Array.from({ length: 1000 }, (_, index) => [index, index % 2 ? 'a' : 'b'] as const);
  expect(verdict(answers, ['a', 'b']).detail).toMatch(/then 996 changes more$/);
});

test('what both answered in a contest is left out, and only that', () => {
  const log = new AnswerLog();
  const answers = [
    [0, 'a', 10],
    [1, 'a', 20],
    [1, 'b', 21],
    [2, 'a', 30],
    [2, 'b', 31],
    [3, 'a', 40],
  ] as const;
  for (const [question, mac, at] of answers) log.add(question, mac, at);
  const record = log.record(4);
  const lb1Alone = (from: number, to: number) => oneAnswerer(outside(record, { from, to }), ['a'], NAMES);
  expect(lb1Alone(15, 35)).toEqual({ passed: true, detail: 'asked 4 times; answered by lb1 3 times' });
  expect(lb1Alone(15, 30).passed).toBe(false);
  expect(lb1Alone(21, 35).passed).toBe(true);
  expect(lb1Alone(22, 35).passed).toBe(false);
});
