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

/** What bash would offer behind these words. */
function complete(...line: readonly string[]): string[] {
  const script = `
    . "$1"; shift
    ipvsadm() { printf 'TCP  10.1.1.1:80 wlc\\n  -> 10.2.2.2:80 Masq 1 0 0\\nUDP  10.1.1.2:53 rr\\n'; }
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _ipvsadm
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const path = file('completion/ipvsadm.bash').pathname;
  const out = execFileSync('bash', ['-c', script, 'bash', path, ...line], { encoding: 'utf8' });
  return out.split('\n').filter((word) => word !== '');
}

describe('completion', () => {
  test('is what bash can read', () => {
    expect(spawnSync('bash', ['-n', file('completion/ipvsadm.bash').pathname]).status).toBe(0);
  });

  test('offers every option somewhere', () => {
    const commands = complete('ipvsadm', '');
    const offered = new Set([
      ...commands,
      ...commands.flatMap((command) => complete('ipvsadm', command, 'master', '')),
    ]);
    expect(words.filter((word) => !offered.has(word))).toEqual([]);
  });

  test('offers what an option takes', () => {
    expect(complete('ipvsadm', '-A', '-t', '10.1.1.1:80', '-s', 'w')).toEqual(['wrr', 'wlc']);
    expect(complete('ipvsadm', '--start-daemon', '')).toEqual(['master', 'backup']);
    expect(complete('ipvsadm', '-D', '-u', '')).toEqual(['10.1.1.2:53']);
    expect(complete('ipvsadm', '-a', '-t', '10.1.1.1:80', '--tun-type', 'g')).toEqual(['gue', 'gre']);
  });
});
