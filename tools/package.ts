/**
 * Packages the extension into one file, `.cache/stable-memory-debugger.vsix`: `npm run package`.
 *
 * Fails if the file exceeds its limit, or contains other files than `test/tools/vsix-files.txt` lists (`npm run package --
 * --update` rewrites that list).
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main, root } from './project.ts';
import { packagedFiles, packageExtension, vsix } from './vsix.ts';

const limit = 2 * 1024 * 1024;
const golden = join(root, 'test', 'tools', 'vsix-files.txt');

await main(async () => {
  await packageExtension();
  const bytes = statSync(vsix).size;
  const kib = (value: number): string => `${(value / 1024).toFixed(0)} KiB`;
  console.log(`${vsix.slice(root.length + 1)}: ${kib(bytes)} (limit ${kib(limit)})`);
  if (bytes > limit) console.error('The package exceeds its limit. See .cache/meta/*.json for what grew.');

  const files = packagedFiles();
  if (process.argv.includes('--update')) writeFileSync(golden, `${files.join('\n')}\n`);
  const expected = readFileSync(golden, 'utf8').trim().split('\n');
  const added = files.filter((file) => !expected.includes(file));
  const missing = expected.filter((file) => !files.includes(file));
  for (const file of added) console.error(`The package contains ${file}, which test/tools/vsix-files.txt does not list.`);
  for (const file of missing) console.error(`The package lacks ${file}, which test/tools/vsix-files.txt lists.`);

  return bytes <= limit && added.length === 0 && missing.length === 0 ? 0 : 1;
});
