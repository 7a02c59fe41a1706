import { appendFileSync, mkdtempSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type FileChange, watchForChange } from '../../../../../extension/host/snapshots/files/file-watch.ts';
import { eventually } from '../../../../eventually.ts';

const path = join(mkdtempSync(join(tmpdir(), 'file-watch-')), 'stable_memory.bin');

test.each([
  ['grows', () => appendFileSync(path, 'more'), { kind: 'changed', before: 4, now: 8 }],
  ['is rewritten', () => utimesSync(path, 1, 1), { kind: 'changed', before: 4, now: 4 }],
  ['shrinks', () => truncateSync(path, 1), { kind: 'shorter', before: 4, now: 1 }],
  ['is emptied', () => truncateSync(path), { kind: 'shorter', before: 4, now: 0 }],
  ['is deleted', () => rmSync(path), { kind: 'gone', before: 4, now: 0 }],
] as const)('a file that %s is reported, until nobody listens', async (_, change, expected) => {
  writeFileSync(path, 'some');
  const changes: FileChange[] = [];
  const watch = watchForChange(path, (each) => changes.push(each), 10);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(changes).toEqual([]);
  change();
  await eventually(() => expect(changes.at(-1)).toEqual(expected));
  watch.dispose();
  const { length } = changes;
  writeFileSync(path, 'quite another thing');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(changes).toHaveLength(length);
});

test('a file that comes back is reported as changed', async () => {
  writeFileSync(path, 'some');
  const kinds: string[] = [];
  const watch = watchForChange(path, ({ kind }) => kinds.push(kind), 10);
  await new Promise((resolve) => setTimeout(resolve, 50));
  rmSync(path);
  await eventually(() => expect(kinds).toEqual(['gone']));
  writeFileSync(path, 'some');
  await eventually(() => expect(kinds.at(-1)).toBe('changed'));
  watch.dispose();
});
