import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { UserError } from '../../../../engine/core/user-error.ts';
import { writeOutput } from '../../../../engine/node/output/write-output.ts';

vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  return { ...real, writeSync: vi.fn(real.writeSync) };
});

let folder = '';
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'write-output-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const path = (...names: readonly string[]): string => join(folder, ...names);
const NEW = Uint8Array.of(1, 2, 3);

interface Attempt {
  readonly force?: boolean;
  readonly inputs?: readonly string[];
}

function attempt(target: string, { force = false, inputs = [] }: Attempt = {}): void {
  writeOutput(target, { inputs, force }, (sink) => sink(NEW));
}

/** Tries to write, with and without force, and expects no change in the folder. Returns the error message without force. */
function refused(target: string, inputs: readonly string[] = []): string {
  const before = listing();
  expect(() => attempt(target, { inputs, force: true })).toThrow(UserError);
  let message = '';
  try {
    attempt(target, { inputs });
  } catch (error) {
    message = error instanceof UserError ? error.message : `A bug: ${error}`;
  }
  expect(listing()).toEqual(before);
  return message;
}

/** Returns the content of the folder: names, kinds, times and sizes. */
function listing(): readonly string[] {
  return fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => {
    const { mode, size, mtimeMs, ino } = fs.lstatSync(path(name));
    return [name, mode, size, mtimeMs, ino].join(' ');
  });
}

test('a new file is written', () => {
  attempt(path('new.bin'));
  expect(fs.readdirSync(folder)).toEqual(['new.bin']);
  expect(fs.readFileSync(path('new.bin'))).toEqual(Buffer.from(NEW));
});

test('an existing file is replaced only with force, and keeps its mode', () => {
  fs.writeFileSync(path('there.bin'), 'mine', { mode: 0o600 });
  expect(() => attempt(path('there.bin'))).toThrow(/already exists\. Choose another file, or replace it with --force\./);
  expect(fs.readFileSync(path('there.bin'), 'utf8')).toBe('mine');
  attempt(path('there.bin'), { force: true });
  expect(fs.readFileSync(path('there.bin'))).toEqual(Buffer.from(NEW));
  expect(fs.statSync(path('there.bin')).mode & 0o777).toBe(0o600);
});

test('a file that was created meanwhile is not replaced', () => {
  expect(() =>
    writeOutput(path('new.bin'), { inputs: [], force: false }, () => fs.writeFileSync(path('new.bin'), 'theirs')),
  ).toThrow(/already exists/);
  expect(fs.readdirSync(folder)).toEqual(['new.bin']);
  expect(fs.readFileSync(path('new.bin'), 'utf8')).toBe('theirs');
});

test('links, folders, pipes and read-only files are never written', () => {
  fs.writeFileSync(path('target'), 'mine');
  fs.symlinkSync(path('target'), path('link'));
  fs.symlinkSync(path('nowhere'), path('dangling'));
  fs.mkdirSync(path('folder'));
  fs.writeFileSync(path('fixed'), 'mine', { mode: 0o444 });
  expect(refused(path('link'))).toMatch(/is a link/);
  expect(refused(path('dangling'))).toMatch(/is a link/);
  expect(refused(path('folder'))).toMatch(/is a folder/);
  fs.chmodSync(path('fixed'), 0o644);
  fs.chmodSync(path('fixed'), 0o444);
  expect(() => attempt(path('fixed'), { force: true })).toThrow(/is read-only/);
  if (process.platform === 'win32') return;
  spawnSync('mkfifo', [path('pipe')]);
  expect(refused(path('pipe'))).toMatch(/is a device or a pipe/);
});

const deviceAt = (at: string): boolean => spawnSync('mknod', [at, 'c', '1', '3']).status === 0;

// A separate device, so that a failure harms none of the machine's.
test('devices are never written', ({ skip }) => {
  if (!deviceAt(path('device'))) return skip('only the superuser can make a device');
  expect(refused(path('device'))).toMatch(/is a device or a pipe/);
});

test('an input is never written to, under any name', () => {
  fs.writeFileSync(path('input'), 'mine');
  fs.linkSync(path('input'), path('hard'));
  fs.symlinkSync(path('input'), path('soft'));
  for (const name of ['input', 'hard', 'soft'])
    expect(refused(path(name), [path('input')])).toMatch(/is the file that is being read/);
});

test('nothing is written into the folder of a snapshot, nor into its subfolders', () => {
  fs.mkdirSync(path('snapshot', 'within'), { recursive: true });
  fs.writeFileSync(path('snapshot', 'stable_memory.bin'), 'mine');
  fs.symlinkSync(path('snapshot'), path('other-name'));
  const inputs = [path('snapshot', 'stable_memory.bin')];
  for (const target of [path('snapshot', 'new'), path('snapshot', 'within', 'new'), path('other-name', 'new')])
    expect(refused(target, inputs)).toMatch(/is in the folder of the snapshot/);
  fs.writeFileSync(path('alone.bin'), 'mine');
  attempt(path('new.bin'), { inputs: [path('alone.bin')] });
});

test('nothing is written next to a file in the folder of a snapshot', () => {
  for (const name of ['metadata.json', '0000000000000064_0000_stable_memory.overlay', 'canister.pbuf']) {
    fs.mkdirSync(path(name));
    fs.writeFileSync(path(name, name), '');
    fs.writeFileSync(path(name, 'input'), 'mine');
    expect(refused(path(name, 'new'), [path(name, 'input')])).toMatch(/is in the folder of the snapshot/);
  }
});

test.each([
  ['ENOSPC', /the disk is full/],
  ['EDQUOT', /your disk quota is used up/],
  ['EIO', /the disk reports an error/],
])('%s has its own message, and leaves nothing', (code, sentence) => {
  vi.mocked(fs.writeSync).mockImplementationOnce(() => {
    throw Object.assign(new Error(`${code}: refused`), { code });
  });
  expect(() => attempt(path('other.bin'))).toThrow(sentence);
  expect(fs.readdirSync(folder)).toEqual([]);
});

test('a bug in the writer leaves nothing, and is rethrown', () => {
  const bug = (): void => {
    throw new RangeError('a bug');
  };
  expect(() => writeOutput(path('new.bin'), { inputs: [], force: false }, bug)).toThrow(new RangeError('a bug'));
  expect(fs.readdirSync(folder)).toEqual([]);
});

test('a missing folder is reported', () => {
  expect(() => attempt(path('none', 'new.bin'))).toThrow(/the folder does not exist/);
});
