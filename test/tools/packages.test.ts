import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { floor } from '../../tools/vscode-server.ts';

const read = (file: string): string => readFileSync(join(import.meta.dirname, '..', '..', file), 'utf8');
const manifest = JSON.parse(read('package.json'));

test('the lock file names no registry', () => {
  expect(read('package-lock.json')).not.toMatch(/"resolved": "(?!engine")|registry\./);
});

test('every dependency is pinned to one version', () => {
  for (const version of Object.values(manifest.devDependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
});

test('the editor that we type against is the oldest that we admit and test', () => {
  const [, minor] = manifest.engines.vscode.match(/^\^1\.(\d+)\.\d+$/) ?? [];
  expect(manifest.devDependencies['@types/vscode']).toMatch(new RegExp(`^1\\.${minor}\\.`));
  expect(floor.server).toMatch(new RegExp(`^4\\.${minor}\\.`));
});

test('nothing is left to install with the packaged extension', () => {
  expect(manifest.dependencies).toBeUndefined();
});
