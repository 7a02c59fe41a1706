import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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

test('numbers in names count as numbers, and links are followed', () => {
  const folder = join(root, 'numbered');
  for (const name of ['10.bin', '9.bin']) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), new Uint8Array(65_536));
  }
  symlinkSync(join(root, 'monday', 'ledger'), join(folder, '8'), 'junction');
  expect(snapshotPairs(folder, folder).map(({ name }) => name)).toEqual(['8', '9.bin', '10.bin']);
});

test('more snapshots than can be listed are refused', () => {
  const folder = join(root, 'many');
  mkdirSync(folder);
  for (let index = 0; index <= 2_000; index += 1) writeFileSync(join(folder, `${index}.bin`), '');
  expect(() => snapshotPairs(folder, root)).toThrow('2,001 snapshots');
});
