/** The packaged extension, which users and tests install. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bin, cache, must, root } from './project.ts';

export const vsix = join(cache, 'stable-memory-debugger.vsix');

/** Builds and packages the extension. Every bundle contains its dependencies, and the readme's links point into the repository. */
export async function packageExtension(): Promise<void> {
  mkdirSync(cache, { recursive: true });
  await must(bin('vsce'), ['package', '--out', vsix], { quiet: true });
}

/** Returns the files in the package, sorted. */
export function packagedFiles(): readonly string[] {
  return execFileSync(bin('vsce'), ['ls', '--no-dependencies'], { cwd: root, encoding: 'utf8' }).trim().split('\n').sort();
}
