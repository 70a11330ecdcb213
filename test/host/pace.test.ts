import { expect, test } from 'vitest';
import { type HostFiles, inTheWay } from '../../src/host/pace.ts';

const SWAP = 'Filename Type Size\n/dev/sda2 partition 1000\n';
const host = (files: Record<string, string>, cpus = 4): HostFiles => ({ read: (path) => files[path], cpus });
const GROUP = { '/proc/self/cgroup': '0::/system.slice/tandem.service\n' };
const at = (file: string) => `/sys/fs/cgroup/system.slice/tandem.service/${file}`;

test('slow advertisements need nothing, and a host without limits lacks nothing', () => {
  expect(inTheWay(1000, host({ '/proc/swaps': SWAP }, 1))).toEqual([]);
  expect(
    inTheWay(10, host({ ...GROUP, [at('cpu.max')]: 'max 100000\n', '/proc/swaps': 'Filename\n' })),
  ).toEqual([]);
});

test('a limit on the CPU is in the way of fast ones, and no real-time priority', () => {
  const files = {
    ...GROUP,
    [at('cpu.max')]: '50000 100000\n',
    '/proc/sys/kernel/sched_rt_runtime_us': '0\n',
  };
  expect(inTheWay(100, host(files))).toEqual([
    expect.stringMatching(/"50000 100000" of the CPU \(cpu.max\)/),
    expect.stringMatching(/sched_rt_runtime_us is 0/),
  ]);
});

test('one CPU and swap are in the way of the fastest', () => {
  expect(inTheWay(100, host({ '/proc/swaps': SWAP }, 1))).toEqual([]);
  expect(inTheWay(10, host({ '/proc/swaps': SWAP }, 1))).toHaveLength(2);
  const kept = { ...GROUP, '/proc/swaps': SWAP, [at('memory.swap.max')]: '0\n' };
  expect(inTheWay(10, host(kept))).toEqual([]);
});
