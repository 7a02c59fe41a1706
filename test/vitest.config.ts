import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/engine/**/*.test.ts', 'test/extension/**/*.test.ts', 'test/webview/**/*.test.ts'],
    testTimeout: 30_000,
  },
});
