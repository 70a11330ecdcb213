import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { expect, test } from 'vitest';
import { startServers } from '../../src/drill/servers.ts';
import { Lab } from '../../src/lab/lab.ts';
import { namespaceName } from '../../src/lab/ownership.ts';
import { PAIR_TOPOLOGY } from '../../src/lab/pair.ts';

test('who logs in finds a home with nothing in it: no shell of a drill runs what stands in the real one', async () => {
  const lab = new Lab(PAIR_TOPOLOGY);
  await lab.up();
  try {
    await startServers(lab, new AbortController().signal);
    const pids = execFileSync('ip', ['netns', 'pids', namespaceName(lab.id, 'rs1')], { encoding: 'utf8' });
    const sshd = pids
      .split('\n')
      .filter((pid) => pid !== '' && readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'sshd');
    expect(sshd).toHaveLength(1);
    const seen = ['--mount', '--target', sshd[0] ?? '', 'ls', '-A', userInfo().homedir];
    expect(execFileSync('nsenter', seen, { encoding: 'utf8' })).toBe('');
  } finally {
    expect(await lab.down()).toEqual([]);
  }
});
