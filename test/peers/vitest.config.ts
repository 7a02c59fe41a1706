import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/peers/**/*.test.ts'],
    testTimeout: 120_000,
    // Motoko's compiler takes up to a gigabyte.
    fileParallelism: false,
  },
});
