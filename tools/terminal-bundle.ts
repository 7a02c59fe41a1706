import { chmod } from 'node:fs/promises';
import type { BuildOptions } from 'esbuild';

/** How a program for the terminal is bundled. */
export const TERMINAL: BuildOptions = {
  platform: 'node',
  target: 'node20',
  format: 'esm',
  banner: { js: '#!/usr/bin/env node' },
};

/** Lets a file be started by its name. */
export function makeExecutable(path: string): Promise<void> {
  return chmod(path, 0o755);
}
