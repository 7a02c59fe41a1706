import { defineConfig } from 'vitest/config';
import { PATIENCE } from './patience.ts';

/** Folders whose tests replace modules, environment variables or the console. Each of their files gets modules of its own. */
const ISOLATED = ['cli', 'engine/node', 'extension', 'packages', 'tools'];

const filesOf = (folders: readonly string[]): string[] => folders.map((folder) => `test/${folder}/**/*.test.ts`);

const common = {
  setupFiles: ['test/equal-bytes.ts'],
  // Vitest leaves a core free unless told otherwise: of two, that is half.
  maxWorkers: '100%',
  testTimeout: 2 * PATIENCE,
  hookTimeout: 2 * PATIENCE,
};

export default defineConfig({
  test: {
    maxWorkers: '100%',
    projects: [
      {
        test: {
          ...common,
          name: 'shared modules',
          include: filesOf(['engine', 'servers', 'trace-model', 'webview']),
          exclude: filesOf(ISOLATED),
          // Loading the engine anew for each file takes a third of the time.
          isolate: false,
        },
      },
      { test: { ...common, name: 'own modules', include: filesOf(ISOLATED) } },
    ],
  },
});
