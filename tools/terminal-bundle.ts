import { chmod } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';
import { root } from './project.ts';

/** Lets bundled packages that are not modules load Node's own ones. */
const REQUIRE = "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

/** esbuild options for a command-line program. The reader of Candid's text loads a file of its own, so it is not bundled. */
export const TERMINAL: BuildOptions = {
  platform: 'node',
  target: 'node20',
  format: 'esm',
  external: ['@dfinity/didc'],
  banner: { js: `#!/usr/bin/env node\n${REQUIRE}` },
};

/** Makes a file executable. */
export function makeExecutable(path: string): Promise<void> {
  return chmod(path, 0o755);
}

/** The bundle that reads types of values from files, with the libraries for that. It is loaded when somebody tries a type. */
export const SCHEMAS = { entry: 'servers/types/load-type.ts', out: 'dist/schemas.cjs' } as const;

/** Turns a dynamic import of that bundle's entry into an import of its file next to the program. */
export const separateSchemas: Plugin = {
  name: 'separate-schemas',
  setup({ onResolve }) {
    onResolve({ filter: /\.ts$/ }, ({ kind, path, resolveDir }) =>
      kind === 'dynamic-import' && resolve(resolveDir, path) === join(root, SCHEMAS.entry)
        ? { path: `./${basename(SCHEMAS.out)}`, external: true }
        : undefined,
    );
  },
};
