/**
 * Packages the extension into one file, `.cache/stable-memory-debugger.vsix`: `npm run package`.
 *
 * Fails where the file outgrows its limit, or where it holds other files than `test/tools/vsix-files.txt` says
 * (`npm run package -- --update` writes that list anew).
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin, cache, main, must, root, vsix } from './project.ts';

const limit = 2 * 1024 * 1024;
const golden = join(root, 'test', 'tools', 'vsix-files.txt');

/** No dependencies: every bundle carries its own. Links are left as they are: the readme's point into the package. */
const options = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--no-update-package-json'];

await main(async () => {
  mkdirSync(cache, { recursive: true });
  await must(bin('vsce'), ['package', ...options, '--out', vsix], { quiet: true });

  const bytes = statSync(vsix).size;
  const kib = (value: number): string => `${(value / 1024).toFixed(0)} KiB`;
  console.log(`${vsix.slice(root.length + 1)}: ${kib(bytes)} (limit ${kib(limit)})`);
  if (bytes > limit) console.error('The package is over its limit: look for what grew in .cache/meta/*.json.');

  const files = execFileSync(bin('vsce'), ['ls', '--no-dependencies'], { cwd: root, encoding: 'utf8' }).trim().split('\n').sort();
  if (process.argv.includes('--update')) writeFileSync(golden, `${files.join('\n')}\n`);
  const expected = readFileSync(golden, 'utf8').trim().split('\n');
  const added = files.filter((file) => !expected.includes(file));
  const missing = expected.filter((file) => !files.includes(file));
  for (const file of added) console.error(`The package holds ${file}, which test/tools/vsix-files.txt does not list.`);
  for (const file of missing) console.error(`The package lacks ${file}, which test/tools/vsix-files.txt lists.`);

  return bytes <= limit && added.length === 0 && missing.length === 0 ? 0 : 1;
});
