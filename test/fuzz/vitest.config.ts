import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    setupFiles: ['test/equal-bytes.ts'],
    include: ['test/fuzz/**/*.test.ts'],
    maxWorkers: '100%',
    // Only processor time is measured, and a loaded machine is many times slower than an idle one.
    testTimeout: 1_800_000,
  },
});
