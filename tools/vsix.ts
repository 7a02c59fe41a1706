/** The packaged extension: what people install, and what the tests install too. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bin, cache, must, root } from './project.ts';

export const vsix = join(cache, 'stable-memory-debugger.vsix');

/** Builds and packages the extension. Every bundle carries its dependencies, and the readme's links lead into the repository. */
export async function packageExtension(): Promise<void> {
  mkdirSync(cache, { recursive: true });
  await must(bin('vsce'), ['package', '--out', vsix], { quiet: true });
}

/** The files in the package, sorted. */
export function packagedFiles(): readonly string[] {
  return execFileSync(bin('vsce'), ['ls', '--no-dependencies'], { cwd: root, encoding: 'utf8' }).trim().split('\n').sort();
}
