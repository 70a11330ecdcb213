import { defineConfig } from 'vitest/config';

/** Trials take minutes and a quiet machine; `npm run trial -- NAME` runs one. */
export default defineConfig({
  test: {
    include: ['test/trials/*.test.ts'],
    globalSetup: ['test/support/machine.ts'],
    fileParallelism: false,
    env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    testTimeout: 900_000,
    hookTimeout: 120_000,
    reporters: ['default'],
  },
});
