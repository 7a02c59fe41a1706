/** Checks the extension and the packages as people see them where they are published. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MANIFESTS, manifestOf, REPOSITORY, sharedFields } from '../../tools/manifests.ts';
import { root } from '../../tools/project.ts';

const read = (...path: readonly string[]): string => readFileSync(join(root, ...path), 'utf8');

test.each(MANIFESTS)('the manifest in %s has what all have in common: `npm run manifests` writes it', (folder) => {
  expect(manifestOf(folder)).toMatchObject(sharedFields(folder));
});

test.each(MANIFESTS)('the package in %s has the licence with it', (folder) => {
  expect(read(folder, 'LICENSE')).toBe(read('LICENSE'));
});

test.each(MANIFESTS)('links of the readme in %s lead to files of the repository', (folder) => {
  const links = [...read(folder, 'README.md').matchAll(/\]\(([^)#\s]+)/g)].map(([, link = '']) => link);
  const relative = links.filter((link) => !/^https?:/.test(link));
  expect(relative.filter((link) => !existsSync(join(root, folder, link)))).toEqual([]);
});

test('the extension is packaged with links into the repository', () => {
  // vsce makes absolute links of relative ones: it knows a repository at GitHub.
  expect(REPOSITORY).toMatch(/^https:\/\/github\.com\/[\w-]+\/[\w-]+$/);
});

test('every text that the extension contributes is in package.nls.json, and nothing else is', () => {
  const used = [...JSON.stringify(manifestOf('.')).matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key);
  const texts = JSON.parse(read('package.nls.json'));
  expect([...new Set(used)].sort()).toEqual(Object.keys(texts).sort());
});
