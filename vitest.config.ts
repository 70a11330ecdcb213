import { configDefaults, defineConfig } from 'vitest/config';

/** What one machine has once, or what its time is measured by: labs, daemons that are waited for, other kernels. */
const ALONE = [
  'test/lab/{lab,wires}.test.ts',
  'test/drill/{answerers,drill,restart,servers}.test.ts',
  'test/interop/**/*.test.ts',
  'test/cli/{daemon-xdp,head-start}.test.ts',
  'test/director/heartbeat/thread.test.ts',
  'test/director/sync/{handover,netns,pair,worker}.test.ts',
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
