/** A listing without what a recording calls volatile. */
import type { Step } from '../vectors.ts';

const HEADER = /^(IP|Prot|pro| {2}-> RemoteAddress)/;
/** A row of servers or services, and of connections. */
const ROW = /^(TCP|UDP|SCTP|FWM| {2}->) /;

/** Everything after the address that a row is about. */
const withoutNumbers = (line: string): string =>
  line.replace(/^((?:\w+ +| {2}-> )\S+) .*$/, (_, about: string) => `${about} #`);

const MASKS: Readonly<Record<string, (lines: readonly string[]) => readonly string[]>> = {
  expire: (lines) => lines.map((line) => line.replace(/^(\w+ +)\d\d:\d\d/, '$1--:--')),
  order: (lines) => [
    ...lines.filter((line) => !ROW.test(line)),
    ...lines.filter((line) => ROW.test(line)).toSorted(),
  ],
  rates: (lines) => lines.map((line) => (HEADER.test(line) ? line : withoutNumbers(line))),
};
const SAME: Readonly<Record<string, string>> = { counters: 'rates', 'counters lag up to 2 s': 'rates' };

/** @throws Error for a word that nobody has said what to do with */
export function masked(text: string, volatile: Step['volatile'] = []): string {
  return volatile
    .reduce<readonly string[]>((lines, word) => {
      const mask = MASKS[SAME[word] ?? word];
      if (!mask) throw new Error(`nothing is masked for "${word}"`);
      return mask(lines);
    }, text.split('\n'))
    .join('\n');
}
