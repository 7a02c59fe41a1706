/** Rooms stay small enough to be taken in at a glance, and tests are found where the source is. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

const MAX_FILES = 20;

/** Every file of the project, whether git knows it already or not. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts') && existsSync(join(root, file)));

test(`no folder of the source holds more than ${MAX_FILES} files directly`, () => {
  const counts = new Map<string, number>();
  for (const file of files) if (!file.startsWith('test/')) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  expect([...counts].filter(([, count]) => count > MAX_FILES)).toEqual([]);
});

test('folders of unit tests mirror folders of the source', () => {
  const source = new Set(files.filter((file) => !file.startsWith('test/')).flatMap((file) => ancestors(dirname(file))));
  const tested = new Set(
    files.filter((file) => /^test\/(cli|engine|extension|servers|tools|webview)\//.test(file)).map((file) => dirname(file)),
  );
  expect([...tested].map((folder) => folder.slice('test/'.length)).filter((folder) => !source.has(folder))).toEqual([]);
});

function ancestors(folder: string): readonly string[] {
  return folder === '.' ? [] : [folder, ...ancestors(dirname(folder))];
}
