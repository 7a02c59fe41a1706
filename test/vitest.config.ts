import { defineConfig } from 'vitest/config';
import { PATIENCE } from './patience.ts';

export default defineConfig({
  test: {
    include: ['test/{cli,engine,extension,packages,servers,tools,trace-model,webview}/**/*.test.ts'],
    setupFiles: ['test/equal-bytes.ts'],
    // Vitest leaves a core free unless told otherwise: of two, that is half.
    maxWorkers: '100%',
    testTimeout: 2 * PATIENCE,
    hookTimeout: 2 * PATIENCE,
  },
});
