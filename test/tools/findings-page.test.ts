import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findingsPage } from '../../tools/findings-table.ts';

test('docs/findings.md is what `npm run docs` writes', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'findings.md'), 'utf8');
  expect(page).toBe(findingsPage());
});
