/** The packaged extension, which users and tests install. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bin, cache, must, root } from './project.ts';

export const vsix = join(cache, 'stable-memory-debugger.vsix');

/** Packages `dist/`. Every bundle contains its dependencies, and the readme's links point into the package. */
export async function packageExtension(): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const options = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--no-update-package-json'];
  await must(bin('vsce'), ['package', ...options, '--out', vsix], { quiet: true });
}

/** Returns the files in the package, sorted. */
export function packagedFiles(): readonly string[] {
  return execFileSync(bin('vsce'), ['ls', '--no-dependencies'], { cwd: root, encoding: 'utf8' }).trim().split('\n').sort();
}
