import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Minutes each: npm run trial -- NAME
    exclude: ['test/trials/**'],
    globalSetup: ['test/support/machine.ts'],
    // Kernel tests share one machine's network: files run one after another.
    fileParallelism: false,
    // ethtool, sysctl and keepalived, also for a root whose PATH lacks them.
    env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default'],
  },
});
