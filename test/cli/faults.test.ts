/** Tests faults of the environment: what is not a file, what changes during reading, what cannot be unpacked. */

import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { at, readBytes } from '../../engine/core/memory/memory.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { FileSource } from '../../engine/node/file-source.ts';
import { type OpenImage, openImage } from '../../engine/node/open-image.ts';
import { openTraceFile } from '../../engine/node/open-trace.ts';
import { isWhole } from '../../engine/snapshot/checks/unsound.ts';
import { scanImage } from '../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../engine/snapshot/open-snapshot.ts';
import { imageBytes } from '../fixtures.ts';

vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  return { ...real, readSync: vi.fn(real.readSync), openSync: vi.fn(real.openSync), writeSync: vi.fn(real.writeSync) };
});

let folder = '';
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'faults-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(folder, { recursive: true, force: true });
});

const BYTES = imageBytes('corrupt-base');
const onPosix = test.skipIf(process.platform === 'win32');

function put(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  fs.writeFileSync(path, content);
  return path;
}

function pipeAt(name: string): void {
  expect(spawnSync('mkfifo', [join(folder, name)]).status).toBe(0);
}

async function opened(path: string): Promise<OpenImage> {
  const image = await openImage(path);
  if ('problem' in image) throw new Error(image.problem);
  return image;
}

async function problem(path: string): Promise<string> {
  const image = await openImage(path);
  if (!('problem' in image)) throw new Error('It was opened.');
  return image.problem;
}

const refusal = (code: string): Error => Object.assign(new Error(`${code}: refused`), { code });
const codesOf = (image: OpenImage): readonly string[] => scanImage(openSnapshot(image)).findings.map(({ code }) => code);

onPosix('a pipe in a snapshot folder is refused at once, whatever its name (Windows has no mkfifo)', async () => {
  pipeAt('stable_memory.bin');
  expect(await problem(folder)).toMatch(/stable_memory\.bin could not be read: it is a device or a pipe, not a file/);
  expect(await problem(join(folder, 'stable_memory.bin'))).toMatch(/neither a file nor a folder/);
});

onPosix.each(['wasm_memory.bin', 'wasm_module.bin', 'metadata.json', '.download_progress.json', 'stable-memory.json'])(
  'a pipe named %s is not read, but the rest is (Windows has no mkfifo)',
  async (name) => {
    put('stable_memory.bin', imageBytes('memory-region-churn-classical-preupgrade'));
    pipeAt(name);
    const image = await opened(folder);
    // Without its progress file a download counts as started. Names are optional.
    const remark =
      name === '.download_progress.json' ? /not downloaded yet/ : name === 'wasm_module.bin' ? /^/ : /device or a pipe/;
    expect(image.remarks.join(' ')).toMatch(remark);
    image.close();
  },
);

onPosix('a pipe is not a trace (Windows has no mkfifo)', async () => {
  pipeAt('pipe');
  expect(await openTraceFile(join(folder, 'pipe'))).toMatch(/is not a file/);
});

test('the only finding of a file that shrinks during reading is that it changed', async () => {
  const path = put('image.bin', BYTES);
  const image = await opened(path);
  const snapshot = openSnapshot(image);
  fs.truncateSync(path, 200_000);
  const { findings } = scanImage(snapshot);
  expect(findings.map(({ code, severity }) => [code, severity])).toEqual([['image.changed', 'warning']]);
  expect(findings[0]?.message).toBe(`${path} changed while it was being read: it had 786,432 bytes and now has 200,000 bytes.`);
  expect(isWhole(snapshot)).toBe(false);
  image.close();
});

test('the only finding of a file that is written to during reading is that it changed', async () => {
  const path = put('image.bin', BYTES);
  const image = await opened(path);
  const snapshot = openSnapshot(image);
  fs.writeFileSync(path, new Uint8Array(BYTES.length).fill(0xff));
  fs.utimesSync(path, new Date(), new Date(Date.now() + 5000));
  expect(scanImage(snapshot).findings).toMatchObject([
    { code: 'image.changed', message: `${path} changed while it was being read.` },
  ]);
  image.close();
});

test('a file that is replaced is read to its end as it was', async () => {
  const path = put('image.bin', BYTES);
  const image = await opened(path);
  const before = codesOf(image);
  fs.renameSync(put('other.bin', new Uint8Array(65_536)), path);
  expect(codesOf(image)).toEqual(before);
  image.close();
});

test.each([
  ['without its end', (packed: Buffer) => packed.subarray(0, packed.length - 3000), /is cut or damaged: .* the rest is missing/],
  ['without its last bytes', (packed: Buffer) => packed.subarray(0, packed.length - 4), /is cut or damaged/],
  ['with a wrong checksum', (packed: Buffer) => flipped(packed, packed.length - 6), /its checksum does not match/],
  ['with a wrong length', (packed: Buffer) => flipped(packed, packed.length - 1), /its checksum does not match/],
  ['with a flipped byte', (packed: Buffer) => flipped(packed, packed.length >> 1), /damaged|checksum/],
])('the only finding of a gzip file %s is that it is damaged', async (_, damage, sentence) => {
  const image = await opened(put('image.bin.gz', damage(gzipSync(BYTES))));
  expect(image.bytes).toBeGreaterThan(0);
  const snapshot = openSnapshot(image);
  const { findings } = scanImage(snapshot);
  expect(findings.map(({ code }) => code)).toEqual(['image.packing']);
  expect(findings[0]?.message).toMatch(sentence);
  expect(isWhole(snapshot)).toBe(false);
  image.close();
});

/** Bytes that hardly compress, and are not a multiple of the decompressor's chunk size. */
const NOISE = Uint8Array.from({ length: 3 * 65_536 + 5_000 }, (_, index) => Math.imul(index, 2_654_435_761) >>> 13);
const SUMMED = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };

test.each([
  ['a gzip with a wrong checksum', () => flipped(gzipSync(NOISE), -6), /its checksum does not match/],
  ['a gzip with a wrong length', () => flipped(gzipSync(NOISE), -1), /its checksum does not match/],
  ['a gzip with a wrong checksum and zeros after it', () => padded(flipped(gzipSync(NOISE), -6), 20), /checksum/],
  ['a gzip without its length', () => gzipSync(NOISE).subarray(0, -4), /the rest is missing/],
  ['a gzip without its checksum', () => gzipSync(NOISE).subarray(0, -8), /the rest is missing/],
  ['a Zstandard file with a wrong checksum', () => flipped(zstdCompressSync(NOISE, SUMMED), -2), /its checksum does not match/],
  ['a Zstandard file without its checksum', () => zstdCompressSync(NOISE, SUMMED).subarray(0, -3), /the rest is missing/],
])('every byte of %s is read, with a warning that they may be wrong', async (_, pack, sentence) => {
  const image = await opened(put('image.bin.packed', pack()));
  expect(image.broken).toMatch(sentence);
  expect(image.bytes).toBe(NOISE.length);
  expect(Buffer.from(readBytes(image.memory, at(0, 0), NOISE.length)).equals(NOISE)).toBe(true);
  image.close();
});

test('no byte before the cut of a gzip file is lost', async () => {
  const packed = gzipSync(NOISE, { level: 0 });
  for (const cut of [9, 10, 70, 1000]) {
    const image = await opened(put('image.bin.gz', packed.subarray(0, packed.length - cut)));
    // It stores the bytes uncompressed, up to the checksum and the length.
    expect(image.bytes).toBe(NOISE.length + 8 - cut);
    image.close();
  }
});

const padded = (bytes: Buffer, zeros: number): Buffer => Buffer.concat([bytes, Buffer.alloc(zeros)]);

/** Flips a bit of the byte at `position`, which counts from the end if negative. */
function flipped(bytes: Buffer, position: number): Buffer {
  const copy = Buffer.from(bytes);
  const place = position < 0 ? bytes.length + position : position;
  copy[place] = (copy[place] ?? 0) ^ 0x10;
  return copy;
}

test('an intact gzip file has no finding of its own', async () => {
  const [raw, packed] = [await opened(put('image.bin', BYTES)), await opened(put('image.bin.gz', gzipSync(BYTES)))];
  expect(codesOf(packed)).toEqual(codesOf(raw));
  raw.close();
  packed.close();
});

test.each([
  ['EIO', /^The disk reported an error while .*image\.bin was read\./],
  ['EACCES', /^Permission to read .*image\.bin is denied\. Change its permissions\.$/],
  ['EMFILE', /too many files are open/],
])('%s on opening has its own message', (code, sentence) => {
  vi.mocked(fs.openSync).mockImplementationOnce(() => {
    throw refusal(code);
  });
  expect(() => new FileSource(join(folder, 'image.bin'))).toThrow(sentence);
});

test('a disk error during reading is a user error, not a bug', () => {
  const source = new FileSource(put('image.bin', BYTES));
  vi.mocked(fs.readSync).mockImplementationOnce(() => {
    throw refusal('EIO');
  });
  expect(() => source.read(0, new Uint8Array(10))).toThrow(UserError);
  source.close();
});

test('a missing folder for temporary files is reported, and the compressed file is not blamed', async () => {
  const path = put('image.bin.gz', gzipSync(BYTES));
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) vi.stubEnv(name, join(folder, 'none'));
  expect(await problem(path)).toMatch(
    /could not be unpacked\. The folder for temporary files, .*none, does not exist\. Set TMPDIR/,
  );
});

test('a full disk during unpacking is reported, and nothing is left', async () => {
  const path = put('image.bin.gz', gzipSync(BYTES));
  vi.stubEnv('TMPDIR', folder);
  vi.mocked(fs.writeSync).mockImplementationOnce(() => {
    throw refusal('ENOSPC');
  });
  expect(await problem(path)).toMatch(/The disk of the folder for temporary files, .*, is full/);
  expect(fs.readdirSync(folder)).toEqual(['image.bin.gz']);
});

onPosix('unpacked files have no name, so that nothing can be left (Windows removes them at the end)', async () => {
  const path = put('image.bin.gz', gzipSync(BYTES));
  vi.stubEnv('TMPDIR', folder);
  const image = await opened(path);
  expect(fs.readdirSync(folder)).toEqual(['image.bin.gz']);
  image.close();
});
