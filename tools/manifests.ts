/**
 * Writes what the manifests of the extension and of both packages have in common: `npm run manifests`. The repository is set here, and
 * nowhere else; the version and the licence are those of the extension. A test fails where a manifest says something else.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './project.ts';

/** Where the project is published. */
export const REPOSITORY = 'https://github.com/stable-memory/stable-memory-debugger';

/** The folders of all manifests. */
export const MANIFESTS = ['.', 'engine', 'cli'] as const;

export function manifestOf(folder: string): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
}

/** The fields of a manifest that are the same everywhere, but for its folder. */
export function sharedFields(folder: string): Readonly<Record<string, unknown>> {
  const { version, license } = manifestOf('.');
  return {
    version,
    license,
    homepage: `${REPOSITORY}#readme`,
    repository: { type: 'git', url: `git+${REPOSITORY}.git`, ...(folder === '.' ? {} : { directory: folder }) },
    bugs: `${REPOSITORY}/issues`,
  };
}

if (process.argv[1] === import.meta.filename)
  for (const folder of MANIFESTS) {
    const text = JSON.stringify({ ...manifestOf(folder), ...sharedFields(folder) }, null, 2);
    writeFileSync(join(root, folder, 'package.json'), `${text}\n`);
  }
