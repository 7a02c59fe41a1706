/** Checks manifests, licences and readmes of the extension and the packages as published. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MANIFESTS, manifestOf, REPOSITORY, sharedFields } from '../../tools/manifests.ts';
import { root } from '../../tools/project.ts';

const read = (...path: readonly string[]): string => readFileSync(join(root, ...path), 'utf8');

test.each(MANIFESTS)('the manifest in %s has the shared fields that `npm run manifests` writes', (folder) => {
  expect(manifestOf(folder)).toMatchObject(sharedFields(folder));
});

test.each(MANIFESTS)('the package in %s contains the licence', (folder) => {
  expect(read(folder, 'LICENSE')).toBe(read('LICENSE'));
});

test.each(MANIFESTS)('relative links of the readme in %s point to files of the repository', (folder) => {
  const links = [...read(folder, 'README.md').matchAll(/\]\(([^)#\s]+)/g)].map(([, link = '']) => link);
  const relative = links.filter((link) => !/^https?:/.test(link));
  expect(relative.filter((link) => !existsSync(join(root, folder, link)))).toEqual([]);
});

describe.each(['rust/Cargo.toml', 'motoko/mops.toml'])('the recorder with the manifest %s', (manifest) => {
  const folder = join('recorders', dirname(manifest));

  test('has the shared version, licence and repository', () => {
    const { version, license } = sharedFields('.');
    const [fields = ''] = read('recorders', manifest).split('[dependencies]');
    for (const [name, value] of Object.entries({ version, license, repository: REPOSITORY }))
      expect(fields.split('\n')).toContain(`${name} = "${value}"`);
  });

  test('contains the licence', () => expect(read(folder, 'LICENSE')).toBe(read('LICENSE')));
});

test('vsce can make the links of the readme absolute', () => {
  // vsce turns relative links into links to the repository, which works for GitHub.
  expect(REPOSITORY).toMatch(/^https:\/\/github\.com\/[\w-]+\/[\w-]+$/);
});

test('package.nls.json has exactly the texts that the manifest uses', () => {
  const used = [...JSON.stringify(manifestOf('.')).matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key);
  const texts = JSON.parse(read('package.nls.json'));
  expect([...new Set(used)].sort()).toEqual(Object.keys(texts).sort());
});
