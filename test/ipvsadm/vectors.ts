/** What Debian's ipvsadm 1.31 said on a Linux 6.1 kernel: data/ipvsadm.jsonl, one line a command. */
import { readFileSync } from 'node:fs';

export interface Step {
  readonly seq: number;
  readonly step: number;
  readonly title: string;
  readonly cat: 'ok' | 'error' | 'traffic' | 'sync';
  /** On which of two directors, where there are two. */
  readonly node?: string;
  /** Run by a shell before the first step; `<ns>` is the namespace. */
  readonly setup?: string;
  /** Traffic made before the step, in words. */
  readonly pre?: string;
  readonly argv: readonly string[];
  readonly stdin?: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
  /** What is not stable to the byte. */
  readonly volatile?: readonly string[];
}

export const STEPS: readonly Step[] = readFileSync(new URL('data/ipvsadm.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line));

/** The steps of each sequence in order. */
export const SEQUENCES: ReadonlyMap<number, readonly Step[]> = new Map(
  [...new Set(STEPS.map(({ seq }) => seq))].map((seq) => [seq, STEPS.filter((step) => step.seq === seq)]),
);

/** Those that need a kernel's packets: replayed in a lab. */
export const NEED_TRAFFIC: readonly number[] = [...SEQUENCES.keys()].filter((seq) =>
  SEQUENCES.get(seq)?.some(({ cat }) => cat === 'traffic' || cat === 'sync'),
);

export const label = ({ seq, step }: Pick<Step, 'seq' | 'step'>) => `${seq}.${step}`;

/**
 * Where the vendor's variant answers otherwise than ipvsadm, and why; docs/ipvsadm.md lists the same. A step that is
 * here and is the same after all fails.
 */
export const DIFFERENT: Readonly<Record<string, string>> = {
  ...because('the default syncid is 255, as the help text says', [
    '80.2',
    '85.2',
    '86.2',
    '86.5',
    '86.8',
    '86.11',
    '94.3',
  ]),
  ...because('-Q deletes a local address', ['107.6', '107.7']),
  ...because('answers of a one-packet service find their way back, and count', ['133.6']),
};

function because(reason: string, labels: readonly string[]): Record<string, string> {
  return Object.fromEntries(labels.map((label) => [label, reason]));
}
