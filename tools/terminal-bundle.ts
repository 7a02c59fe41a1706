import { chmod } from 'node:fs/promises';
import type { BuildOptions } from 'esbuild';

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
