import { appendFileSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { watchForChange } from '../../../extension/snapshots/file-watch.ts';
import { eventually } from '../../eventually.ts';

const path = join(mkdtempSync(join(tmpdir(), 'file-watch-')), 'stable_memory.bin');

test.each([
  ['grows', () => appendFileSync(path, 'more')],
  ['is written anew', () => utimesSync(path, 1, 1)],
  ['is deleted', () => rmSync(path)],
])('a file that %s is told of, until nobody listens', async (_, change) => {
  writeFileSync(path, 'some');
  let changes = 0;
  const watch = watchForChange(path, () => changes++, 10);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(changes).toBe(0);
  change();
  await eventually(() => expect(changes).toBeGreaterThan(0));
  watch.dispose();
  const told = changes;
  writeFileSync(path, 'quite another thing');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(changes).toBe(told);
});
