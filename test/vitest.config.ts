import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{engine,extension,webview,tools}/**/*.test.ts'],
    benchmark: { include: ['test/bench/**/*.bench.ts'] },
    testTimeout: 30_000,
  },
});
