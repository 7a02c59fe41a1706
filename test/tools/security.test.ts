import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../tools/project.ts';

test('every test that SECURITY.md names is there', () => {
  const named = readFileSync(join(root, 'SECURITY.md'), 'utf8').match(/(?<=`)test\/[^`]+(?=`)/g) ?? [];
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
