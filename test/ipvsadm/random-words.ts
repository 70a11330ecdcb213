/** Random command lines: near enough to the grammar to get far into it, and far enough to find what it lacks. */
import { OPTION_TABLE } from '../../src/ipvsadm/options.ts';

const VALUES = [
  ...[
    '10.1.1.1:80',
    '10.1.1.1:http',
    '10.1.1.2:53:7',
    '[2001:db8::1]:80',
    '2001:db8::1',
    '10.1',
    '0x0a010101',
  ],
  ...['192.168.10.2:22', '192.168.10.3', '192.168.10.1:eth1', '192.168.10.1:90', '224.0.0.1:80', '0.0.0.0:0'],
  ...[
    'localhost',
    'nosuch.invalid',
    '[::1',
    ']:80',
    ':',
    '::',
    '1.2.3.4.5:80',
    '10.0.0.256',
    '[fe80::1%eth0]:80',
  ],
  ...['rr', 'wlc', 'mh', 'sh', 'nosuch', 'sip', 'sh-port,sh-fallback', 'flag-1,,flag-3', ',', 'mh-port'],
  ...['0', '1', '5', '-1', '+7', ' 8', '1x', '1e3', '0x10', '65535', '65536', '2147483647', '2147483648'],
  ...['4294967295', '4294967296', '99999999999999999999', '', ' ', '\t', '=', '=1', '-', '--', '---', '-5'],
  ...['master', 'backup', 'eth0', 'lo', 'averyverylongname', '224.0.0.81', 'ff02::51', '255.255.255.0', '24'],
  ...[
    'ipip',
    'gue',
    'gre',
    '6080',
    'é',
    '\u{1F600}',
    '\uD800',
    '\0',
    '%s%n',
    '$(reboot)',
    '`',
    "'",
    'x'.repeat(5000),
  ],
];

/** mulberry32: the same lines for the same seed. */
export function randomness(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface RandomLine {
  readonly words: readonly string[];
  /** Lines for -R. */
  readonly stdin: string;
}

export function randomLine(random: () => number): RandomLine {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const option = (command: boolean) =>
    pick(OPTION_TABLE.filter((one) => (one.command !== undefined) === command));
  const word = ({ long, short }: { long: string; short?: string }) =>
    short !== undefined && random() < 0.5 ? `-${short}` : `--${long}`;
  const garbage = () =>
    String.fromCharCode(...Array.from({ length: 1 + random() * 8 }, () => random() * 256));
  const value = () => (random() < 0.95 ? pick(VALUES) : garbage());
  const optionWords = (command: boolean): string[] => {
    const spec = option(command);
    const name = word(spec);
    if (spec.argument === 'none' && random() < 0.95) return [name];
    const shape = random();
    if (shape < 0.7) return [name, value()];
    return [shape < 0.9 ? `${name}=${value()}` : `${name}${value()}`];
  };
  const line = (): string[] => {
    const words = random() < 0.95 ? optionWords(true) : [value()];
    // Half of the lines name a service, as most of the grammar wants one.
    if (random() < 0.5) words.push('-t', pick(VALUES.slice(0, 6)));
    if (random() < 0.3) words.push('-r', pick(VALUES.slice(0, 9)));
    for (let more = Math.floor(random() * 5); more > 0; more -= 1)
      words.push(...(random() < 0.9 ? optionWords(false) : [value()]));
    return words;
  };
  const lines = Array.from({ length: Math.floor(random() * 4) }, () => line().join(' '));
  // What a kernel's execve cannot carry, no process is given.
  return { words: line().map((one) => one.replaceAll('\0', '')), stdin: lines.join('\n') };
}
