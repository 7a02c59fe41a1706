/** The licences of what a bundle has of others: they go along with it. */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { root, Unavailable } from './project.ts';

/** Writes the licence of every package that one of the bundles has a module of. */
export function writeNotices(bundles: readonly Metafile[], file: string): void {
  const inputs = bundles.flatMap((bundle) => Object.keys(bundle.inputs));
  const packages = new Set(inputs.flatMap((path) => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []));
  writeFileSync(file, [...packages].sort().map(noticeOf).join('\n'));
}

function noticeOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const [text] = globSync('{LICENSE,LICENCE,License,license}*', { cwd: join(root, folder) });
  if (text === undefined)
    throw new Unavailable(`${folder} has no text of its licence, so that nothing with it in it can be published.`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(root, folder, text), 'utf8').trim()}\n`;
}
