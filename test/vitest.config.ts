import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{engine,extension,webview,tools}/**/*.test.ts'],
    testTimeout: 30_000,
  },
});
