import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';

const files = new Map<string, Uint8Array>();

vi.mock('vscode', () => ({
  workspace: {
    fs: {
      stat: async (uri: { readonly path: string }) => ({ size: read(uri.path).length }),
      readFile: async (uri: { readonly path: string }) => read(uri.path),
    },
  },
}));

function read(path: string): Uint8Array {
  const bytes = files.get(path);
  if (bytes === undefined) throw new Error(`There is no ${path}.`);
  return bytes;
}

const { localFile } = await import('../../../../../extension/host/snapshots/files/snapshot-copy.ts');
const open = (scheme: string, path: string): ReturnType<typeof localFile> =>
  Reflect.apply(localFile, undefined, [{ scheme, path, fsPath: path }]);

beforeEach(() => files.clear());

test('a file on disk is not copied', async () => {
  expect(await open('file', '/a/stable_memory.bin')).toMatchObject({ path: '/a/stable_memory.bin', isCopy: false });
});

test('a version in Git is copied with its name and its folder’s name, and the copy is removed', async () => {
  files.set('/project/backup/stable_memory.bin', Uint8Array.of(1, 2, 3));
  const { path, isCopy, remove } = await open('git', '/project/backup/stable_memory.bin');
  expect([basename(path), basename(dirname(path)), isCopy]).toEqual(['stable_memory.bin', 'backup', true]);
  expect([...readFileSync(path)]).toEqual([1, 2, 3]);
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o077).toBe(0);
  remove();
  expect(existsSync(dirname(dirname(path)))).toBe(false);
  remove();
});

test('an unreadable or too large file gives a message', async () => {
  await expect(open('git', '/gone.bin')).rejects.toThrow(/gone\.bin could not be read from git:\..* Save it to disk/);
  const large = new Uint8Array(0);
  Object.defineProperty(large, 'length', { value: 2 ** 40 });
  files.set('/large.bin', large);
  await expect(open('git', '/large.bin')).rejects.toThrow(/Its size is 1 TiB\. At most 256 MiB can be copied/);
});
