/** Man page and completion know every option. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { OPTION_TABLE } from '../../src/ipvsadm/options.ts';

const file = (path: string) => new URL(`../../deploy/${path}`, import.meta.url);
const words = OPTION_TABLE.flatMap(({ long, short }) => [`--${long}`, ...(short ? [`-${short}`] : [])]);

test('the man page names every option', () => {
  const page = readFileSync(file('man/ipvsadm.8'), 'utf8').replaceAll('\\-', '-');
  expect(words.filter((word) => !new RegExp(`(^|[ ,"\\[])${word}([ ,."\\]|]|$)`, 'm').test(page))).toEqual(
    [],
  );
});

test.each(['ipvsadm', 'ipvsadm-save', 'ipvsadm-restore'])('%s(8) is well formed', (name) => {
  const text = readFileSync(file(`man/${name}.8`), 'utf8');
  expect(text).toMatch(/^\.TH /);
  for (const section of ['NAME', 'SYNOPSIS', 'DESCRIPTION', 'SEE ALSO'])
    expect(text).toContain(`.SH ${section}\n`);
});

/** What bash would offer behind the words of each line. */
function completions(lines: readonly (readonly string[])[]): string[][] {
  const script = `
    . "$1"
    ipvsadm() { printf 'TCP  10.1.1.1:80 wlc\\n  -> 10.2.2.2:80 Masq 1 0 0\\nUDP  10.1.1.2:53 rr\\n'; }
    while IFS=$'\\t' read -ra COMP_WORDS; do
      # What is to be completed may be nothing, which read leaves out.
      [ "\${COMP_WORDS[-1]}" != . ] || COMP_WORDS[-1]=
      COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
      _ipvsadm
      printf '%s\\n' "\${COMPREPLY[*]}"
    done`;
  const path = file('completion/ipvsadm.bash').pathname;
  const input = lines.map((line) => `${line.map((word) => word || '.').join('\t')}\n`).join('');
  const out = execFileSync('bash', ['-c', script, 'bash', path], { encoding: 'utf8', input });
  return lines.map((_, at) => (out.split('\n')[at] ?? '').split(' ').filter((word) => word !== ''));
}

const complete = (...line: readonly string[]): readonly string[] => completions([line])[0] ?? [];

describe('completion', () => {
  test('is what bash can read', () => {
    expect(spawnSync('bash', ['-n', file('completion/ipvsadm.bash').pathname]).status).toBe(0);
  });

  test('offers every option somewhere', () => {
    const commands = complete('ipvsadm', '');
    const behind = completions(commands.map((command) => ['ipvsadm', command, 'master', '']));
    const offered = new Set([...commands, ...behind.flat()]);
    expect(words.filter((word) => !offered.has(word))).toEqual([]);
  });

  test('offers what an option takes', () => {
    expect(complete('ipvsadm', '-A', '-t', '10.1.1.1:80', '-s', 'w')).toEqual(['wrr', 'wlc']);
    expect(complete('ipvsadm', '--start-daemon', '')).toEqual(['master', 'backup']);
    expect(complete('ipvsadm', '-D', '-u', '')).toEqual(['10.1.1.2:53']);
    expect(complete('ipvsadm', '-a', '-t', '10.1.1.1:80', '--tun-type', 'g')).toEqual(['gue', 'gre']);
  });
});
