import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    setupFiles: ['test/equal-bytes.ts'],
    include: ['test/peers/**/*.test.ts'],
    // None of these tests measures speed, and a loaded machine is many times slower than an idle one.
    testTimeout: 1_200_000,
    hookTimeout: 1_200_000,
    // Motoko's compiler takes up to a gigabyte, and other tests run beside these.
    fileParallelism: false,
  },
});
