import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { at, PAGE_SIZE, readBytes } from '../../../engine/core/memory/memory.ts';
import { type OpenImage, openImage } from '../../../engine/node/open-image.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'open-image-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const pages = (count: number, byte = 7): Uint8Array => new Uint8Array(count * PAGE_SIZE).fill(byte);

function put(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function opened(path: string, unpackLimit?: number): Promise<OpenImage> {
  const image = await openImage(path, unpackLimit === undefined ? {} : { unpackLimit });
  if ('problem' in image) throw new Error(image.problem);
  return image;
}

async function problem(path: string, unpackLimit?: number): Promise<string> {
  const image = await openImage(path, unpackLimit === undefined ? {} : { unpackLimit });
  if (!('problem' in image)) throw new Error('It was opened.');
  return image.problem;
}

test('a raw file', async () => {
  const image = await opened(put('memory.bin', pages(2)));
  expect([image.title, image.bytes, image.memory.pages, image.missing, image.remarks]).toEqual([
    'memory.bin',
    131_072,
    2,
    [],
    [],
  ]);
  image.close();
});

test('a compressed file is unpacked elsewhere, and the copy is removed with the image', async () => {
  const path = put('stable_memory.bin.gz', gzipSync(pages(2)));
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith('stable-memory-')).length;
  const image = await opened(path);
  expect(readBytes(image.memory, at(0, 70_000), 2)).toEqual(Uint8Array.of(7, 7));
  expect(readdirSync(folder)).toEqual(['stable_memory.bin.gz']);
  image.close();
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith('stable-memory-')).length).toBe(before);
});

test('a compressed file that unpacks to more than the limit is refused', async () => {
  expect(await problem(put('m.bin.gz', gzipSync(pages(64))), PAGE_SIZE)).toMatch(/more than 64 KiB/);
});

test('a cut compressed file is unpacked up to the cut', async () => {
  const noise = Uint8Array.from({ length: 4 * PAGE_SIZE }, (_, index) => (index * index * 31 + index * 7) & 255);
  const packed = gzipSync(noise);
  const image = await opened(put('m.bin.gz', packed.subarray(0, packed.length - 4)));
  expect(image.remarks[0]).toMatch(/cut or damaged/);
  image.close();
});

test('a folder takes the size from its metadata', async () => {
  put('stable_memory.bin', pages(1));
  put('metadata.json', '{"stable_memory_size": 196608, "taken_at_timestamp": 1757664000123456789}');
  const image = await opened(folder);
  expect(image.bytes).toBe(196_608);
  expect(image.missing).toEqual([{ start: 65_536, length: 131_072 }]);
  expect(image.remarks.join()).toMatch(/128 KiB are not downloaded/);
  image.close();
});

test('an interrupted download has full length and holes', async () => {
  put('stable_memory.bin', new Uint8Array(96 * PAGE_SIZE));
  put('metadata.json', '{"stable_memory_size": 6291456}');
  put('.download_progress.json', '{"stable_memory": {"frontier": 2000000, "ahead": [4000000]}}');
  const image = await opened(folder);
  expect(image.missing).toEqual([
    { start: 2_000_000, length: 2_000_000 },
    { start: 6_000_000, length: 291_456 },
  ]);
  image.close();
});

test('a folder of a canister without stable memory', async () => {
  put('metadata.json', '{"stable_memory_size": 0}');
  expect((await opened(folder)).bytes).toBe(0);
});

test('a folder without a snapshot is reported with how to get one', async () => {
  mkdirSync(join(folder, 'other'));
  expect(await problem(join(folder, 'other'))).toMatch(/icp canister snapshot download/);
});

test('a file that is not a gzip file', async () =>
  expect(await problem(put('m.bin.gz', 'no gzip'))).toMatch(/is not a gzip file/));
test('a missing file', async () => expect(await problem(join(folder, 'none'))).toMatch(/There is no file or folder/));
test('an empty file is an empty memory', async () => expect((await opened(put('m.bin', ''))).memory.pages).toBe(0));
test('a file that is cut within a page has a remark', async () => {
  const image = await opened(put('m.bin', pages(2).subarray(1)));
  expect([image.memory.pages, image.bytes]).toEqual([2, 131_071]);
  expect(image.remarks[0]).toMatch(/not a multiple of 64 KiB pages/);
  image.close();
});

test('the file is not changed, and need not be writable', async () => {
  const path = put('stable_memory.bin', pages(3));
  chmodSync(path, 0o444);
  const before = [createHash('sha256').update(readFileSync(path)).digest('hex'), statSync(path).mtimeMs];
  const image = await opened(path);
  readBytes(image.memory, at(0, 0), 3 * PAGE_SIZE);
  image.close();
  expect([createHash('sha256').update(readFileSync(path)).digest('hex'), statSync(path).mtimeMs]).toEqual(before);
  expect(readdirSync(folder)).toEqual(['stable_memory.bin']);
  expect(existsSync(`${path}.lock`)).toBe(false);
});
