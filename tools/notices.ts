/** Licences of the third-party packages in a bundle, which are published with it. */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { root, Unavailable } from './project.ts';

/** Writes the licences of all packages with a module in one of the bundles. */
export function writeNotices(bundles: readonly Metafile[], file: string): void {
  const inputs = bundles.flatMap((bundle) => Object.keys(bundle.inputs));
  const packages = new Set(inputs.flatMap((path) => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []));
  writeFileSync(file, [...packages].sort().map(noticeOf).join('\n'));
}

function noticeOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const [text] = globSync('{LICENSE,LICENCE,License,license}*', { cwd: join(root, folder) });
  if (text === undefined)
    throw new Unavailable(`${folder} has no licence file, so a bundle that contains it cannot be published.`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(root, folder, text), 'utf8').trim()}\n`;
}
