import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/fuzz/**/*.test.ts'],
    // It measures processor time alone, and a loaded machine is many times slower than a quiet one.
    testTimeout: 1_800_000,
  },
});
