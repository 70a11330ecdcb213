/** What Debian's ipvsadm 1.31 said on a 6.1 kernel, said again. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { memoryDirector } from './memory-director.ts';
import { type } from './terminal.ts';

interface Step {
  readonly seq: number;
  readonly step: number;
  readonly title: string;
  readonly cat: string;
  readonly argv: readonly string[];
  readonly stdin?: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

const steps: readonly Step[] = readFileSync(new URL('data/ipvsadm.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line));

/** Sequences whose every step runs against a director in memory that carries the whole model. */
const REPLAYED = [
  1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 23, 25, 26, 28, 29, 31, 32, 34, 35, 37, 38, 40, 41,
  43, 44, 46, 47, 49, 50, 52, 53, 55, 56, 58, 59, 61, 62, 64, 65, 67, 68, 70, 71, 73, 74, 76, 77, 79, 80, 82,
  83, 85, 86, 88, 89, 91, 92, 94, 95, 97, 98, 100, 101, 103, 104, 106, 107, 109, 110, 112, 113, 115, 116, 118,
  119, 121, 137, 139, 140, 142, 143, 145,
];

/** Sequences that need packets through a kernel; their rows are in the tests of the tables. */
const NEED_TRAFFIC = [122, 124, 125, 127, 128, 130, 131, 133, 134, 136];

/** Steps that answer otherwise here, and why. */
const DIFFERENT: Readonly<Record<string, string>> = {
  ...because("--nosort shows the order of the kernel's hash, here that of the rules", ['16.6', '56.18']),
  ...because('--rate is not built', ['20.9', '22.5', '52.5', '52.6', '52.8', '53.10']),
  ...because('the kernel syncs no servers of mixed families', ['26.3', '26.4']),
  ...because('the kernel compares the thresholds, the model carries none yet', ['29.2', '29.3', '29.4']),
  ...because('--pe and -M without -p are refused, not ignored', ['38.1', '38.2', '38.3']),
  ...because('the default syncid is 255, as the help text says', ['80.2', '85.2', '86.8', '86.11']),
  ...because('no sync message of ours fits in a maxlen of 1', [
    '86.1',
    '86.2',
    '86.3',
    '86.4',
    '86.5',
    '86.6',
  ]),
  ...because('the director in memory knows no link state', ['94.1', '94.3']),
  ...because('-Q deletes a local address', ['107.6', '107.7']),
  ...because('the model has no masks with holes', ['110.6', '110.7']),
};

function because(reason: string, labels: readonly string[]): Record<string, string> {
  return Object.fromEntries(labels.map((label) => [label, reason]));
}

test('every step that differs exists', () => {
  const labels = new Set(steps.map(({ seq, step }) => `${seq}.${step}`));
  expect(Object.keys(DIFFERENT).filter((label) => !labels.has(label))).toEqual([]);
});

test('every recorded sequence is replayed or named as one that needs traffic', () => {
  const all = new Set(steps.map(({ seq }) => seq));
  expect(REPLAYED.length).toBeGreaterThan(0);
  expect([...REPLAYED, ...NEED_TRAFFIC].sort((a, b) => a - b)).toEqual([...all].sort((a, b) => a - b));
});

describe.each(REPLAYED)('sequence %i', (seq) => {
  const sequence = steps.filter((step) => step.seq === seq);

  test(`${sequence[0]?.title}: same output, errors and exit codes`, async () => {
    const director = memoryDirector(['eth0', 'lo', 'd2']);
    for (const { step, argv, stdin, stdout, stderr, exit } of sequence) {
      const label = `${seq}.${step}`;
      const output = { label, argv, ...(await type(argv, director, stdin)) };
      const recorded = { label, argv, stdout, stderr, exit };
      if (label in DIFFERENT)
        expect(output, `${label} is the same, although ${DIFFERENT[label]}`).not.toEqual(recorded);
      else expect(output).toEqual(recorded);
    }
  });
});
