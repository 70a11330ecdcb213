import { configDefaults, defineConfig } from 'vitest/config';

/** What takes the whole machine, or is about time: labs, daemons that must be heard in time, other kernels. */
const ALONE = [
  'test/cli/{daemon-xdp,head-start}.test.ts',
  'test/director/{answerers,tracking,virtual-mac}.test.ts',
  'test/director/heartbeat/thread.test.ts',
  'test/director/sync/{netns,pair,worker}.test.ts',
  'test/drill/{drill,scenarios,servers}.test.ts',
  'test/interop/*.test.ts',
  'test/ipvsadm/traffic-vectors.test.ts',
  'test/lab/{lab,wires}.test.ts',
];
/** Minutes each: npm run trial -- NAME */
const TRIALS = 'test/trials/**';

export default defineConfig({
  test: {
    globalSetup: ['test/support/machine.ts'],
    // ethtool, sysctl and keepalived, also for a root whose PATH lacks them.
    env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default'],
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...ALONE, TRIALS],
          // Without it one core is left for others: half of a small machine.
          maxWorkers: '100%',
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: ALONE,
          exclude: [...configDefaults.exclude, TRIALS],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
