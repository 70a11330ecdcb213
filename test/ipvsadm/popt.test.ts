import { describe, expect, test } from 'vitest';
import { OPTION_TABLE } from '../../src/ipvsadm/options.ts';
import { PoptReader } from '../../src/ipvsadm/popt.ts';

/** Options as `long` or `long=value`, then what is left over. */
function read(...argv: string[]): string[] {
  const reader = new PoptReader(argv, OPTION_TABLE);
  const found: string[] = [];
  for (let option = reader.next(); option; option = reader.next())
    found.push(option.value === undefined ? option.spec.long : `${option.spec.long}=${option.value}`);
  return [...found, ...reader.leftovers.map((word) => `(${word})`)];
}

describe('the reader splits as popt does', () => {
  test.each([
    [['-Lnc'], ['list', 'numeric', 'connection']],
    [
      ['-at', '10.1.1.1:80'],
      ['add-server', 'tcp-service=10.1.1.1:80'],
    ],
    [['-t10.1.1.1:80'], ['tcp-service=10.1.1.1:80']],
    [['-t=10.1.1.1:80'], ['tcp-service=10.1.1.1:80']],
    [
      ['-mw', '5'],
      ['masquerading', 'weight=5'],
    ],
    [['-mw5'], ['masquerading', 'weight=5']],
    [
      ['--weight=5', '--weight', '6'],
      ['weight=5', 'weight=6'],
    ],
    [['--weight='], ['weight=']],
    [
      ['-p', '-n'],
      ['persistent', 'numeric'],
    ],
    [['-p', '300'], ['persistent=300']],
    [['-p300'], ['persistent=300']],
    [['--persistent=300'], ['persistent=300']],
    [['-p'], ['persistent']],
    [['-w', '-1'], ['weight=-1']],
    [
      ['-L', 'foo', '-n', '-'],
      ['list', 'numeric', '(foo)', '(-)'],
    ],
    [
      ['-L', '--', '-n'],
      ['list', '(-n)'],
    ],
    [
      ['-L', ''],
      ['list', '()'],
    ],
    [
      ['-V', '-q'],
      ['vsestablish-timeout', 'fullnat'],
    ],
  ])('%j', (argv, expected) => {
    expect(read(...argv)).toEqual(expected);
  });
});

describe('the reader names the word that is wrong', () => {
  test.each([
    [['-LnQj'], '-LnQj: unknown option'],
    [['--bogus=1'], '--bogus=1: unknown option'],
    [['--weigh', '5'], '--weigh: unknown option'],
    [['-Lnt'], '-Lnt: missing argument'],
    [['--weight'], '--weight: missing argument'],
    [['--numeric=1'], '--numeric=1: option does not take an argument'],
    [['-n=1'], '-n=1: option does not take an argument'],
  ])('%j', (argv, message) => {
    expect(() => read(...argv)).toThrow(expect.objectContaining({ message, exitCode: 255 }));
  });
});
