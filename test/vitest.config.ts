import { defineConfig } from 'vitest/config';
import { PATIENCE } from './patience.ts';

export default defineConfig({
  test: {
    include: ['test/{cli,engine,extension,packages,servers,tools,webview}/**/*.test.ts'],
    testTimeout: 2 * PATIENCE,
    hookTimeout: 2 * PATIENCE,
  },
});
