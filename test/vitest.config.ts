import { defineConfig } from 'vitest/config';
import { PATIENCE } from './patience.ts';

const patience = { testTimeout: 2 * PATIENCE, hookTimeout: 2 * PATIENCE };

export default defineConfig({
  test: {
    projects: [
      // The engine has no state of its own, so its files share a process each core: starting one for each takes longer than many tests.
      { test: { ...patience, name: 'engine', include: ['test/engine/**/*.test.ts'], isolate: false } },
      { test: { ...patience, name: 'others', include: ['test/{cli,extension,packages,servers,tools,webview}/**/*.test.ts'] } },
    ],
  },
});
