import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { snapshotPairs } from '../../../servers/open-files/snapshot-pairs.ts';

const root = mkdtempSync(join(tmpdir(), 'snapshot-pairs-'));
afterAll(() => rmSync(root, { recursive: true }));

for (const path of [
  'monday/ledger/stable_memory.bin',
  'monday/index.bin.gz',
  'monday/notes.txt',
  'monday/pictures/cat.png',
  'tuesday/ledger/stable_memory.bin',
  'tuesday/users.bin',
]) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), new Uint8Array(65_536));
}

test('snapshots in two folders are paired by name, folders as well as files, and nothing else', () => {
  const [monday, tuesday] = [join(root, 'monday'), join(root, 'tuesday')];
  const file = (folder: string) => join(folder, 'ledger', 'stable_memory.bin');
  expect(snapshotPairs(monday, tuesday)).toEqual([
    { name: 'index.bin.gz', before: join(monday, 'index.bin.gz'), after: undefined },
    { name: 'ledger', before: file(monday), after: file(tuesday) },
    { name: 'users.bin', before: undefined, after: join(tuesday, 'users.bin') },
  ]);
  expect(snapshotPairs(join(monday, 'pictures'), join(monday, 'pictures'))).toEqual([]);
});

test('a folder that is not there is an error with a sentence', () => {
  expect(() => snapshotPairs(join(root, 'wednesday'), root)).toThrow('wednesday');
});
