import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: 'tests/support/global-setup.ts',
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // The server and the processes that tests start have cores of their own to wait for.
    maxWorkers: '100%',
    expect: { poll: { timeout: 15_000 } },
    // Tests of faults and of other processes share a small machine with what they test; there one that fails is tried once
    // more, and the report names it (retry x1). Whoever runs them by hand sees each failure.
    retry: process.env.CI === 'true' ? 1 : 0,
    coverage: { include: ['src/**/*.ts'], exclude: ['src/database/client/**'] },
  },
});
