import { chmod } from 'node:fs/promises';
import type { BuildOptions } from 'esbuild';

/** esbuild options for a command-line program. */
export const TERMINAL: BuildOptions = {
  platform: 'node',
  target: 'node20',
  format: 'esm',
  banner: { js: '#!/usr/bin/env node' },
};

/** Makes a file executable. */
export function makeExecutable(path: string): Promise<void> {
  return chmod(path, 0o755);
}
