import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { at, PAGE_SIZE, readBytes } from '../../../../../engine/core/memory/memory.ts';
import { OverlayMemory, type OverlayState } from '../../../../../engine/core/memory/overlay.ts';
import { UserError } from '../../../../../engine/core/user-error.ts';
import { type OpenImage, openImage } from '../../../../../engine/node/open-image.ts';
import {
  type SnapshotFolderOptions,
  writeSnapshotFolder,
} from '../../../../../engine/node/output/snapshot-folder/write-snapshot-folder.ts';
import { imageBytes } from '../../../../fixtures.ts';

vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  return { ...real, writeSync: vi.fn(real.writeSync) };
});

let root = '';
const opened: OpenImage[] = [];
beforeEach(() => {
  root = fs.mkdtempSync(join(tmpdir(), 'snapshot-folder-'));
});
afterEach(() => {
  for (const image of opened.splice(0)) image.close();
  fs.rmSync(root, { recursive: true, force: true });
  vi.mocked(fs.writeSync).mockReset();
});

const path = (...names: readonly string[]): string => join(root, ...names);
const MEMORY = imageBytes('corrupt-base');
const METADATA = `{
  "source": {"taken_from_canister": null},
  "taken_at_timestamp": 1757664000123456789,
  "wasm_module_size": 4,
  "globals": [{"i32": 5}, null],
  "wasm_memory_size": 65536,
  "stable_memory_size": ${MEMORY.length},
  "wasm_chunk_store": [{"hash": [1, 2]}],
  "canister_version": 12
}`;

/** Makes a folder as `icp` downloads one, with files that no new snapshot may have. */
function makeSource(): string {
  const folder = path('source');
  fs.mkdirSync(join(folder, 'wasm_chunk_store'), { recursive: true });
  const files: Readonly<Record<string, string | Uint8Array>> = {
    'metadata.json': METADATA,
    'stable_memory.bin': MEMORY,
    'wasm_module.bin': '\0asm',
    'wasm_memory.bin': new Uint8Array(PAGE_SIZE).fill(3),
    'stable-memory.json': '{}',
    'wasm_chunk_store/0102.bin': 'chunk',
    '.upload_progress.json': '{}',
    '000000000000000000000000000003e8.json': '{}',
  };
  for (const [name, content] of Object.entries(files)) fs.writeFileSync(join(folder, name), content);
  return folder;
}

async function open(at: string): Promise<OpenImage> {
  const image = await openImage(at);
  if ('problem' in image) throw new Error(image.problem);
  opened.push(image);
  return image;
}

/** Returns the image with byte 100,000 changed, and `pages` more. */
function changed(image: OpenImage, pages = 0): OverlayState {
  const overlay = new OverlayMemory(image.memory);
  overlay.grow(pages);
  overlay.write(at(0, 100_000), Uint8Array.of(0xab));
  return overlay.state();
}

function listing(folder: string): readonly string[] {
  return fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
}

/** Expects that nothing is written, and returns the message. */
async function refused(target: string, image: OpenImage, options: SnapshotFolderOptions = {}): Promise<string> {
  const before = listing(root);
  const message = await writeSnapshotFolder(target, image, changed(image), options).then(
    () => 'It was written.',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  expect(listing(root)).toEqual(before);
  return message;
}

test('a folder gets everything of the source, apart from the progress of transfers', async () => {
  const image = await open(makeSource());
  const remarks = await writeSnapshotFolder(path('new'), image, changed(image, 2));
  expect(remarks).toEqual([]);
  expect(listing(path('new'))).toEqual([
    'metadata.json',
    'stable-memory.json',
    'stable_memory.bin',
    'wasm_chunk_store',
    'wasm_chunk_store/0102.bin',
    'wasm_memory.bin',
    'wasm_module.bin',
  ]);
  const bytes = fs.readFileSync(path('new', 'stable_memory.bin'));
  expect([bytes.length, bytes[100_000]]).toEqual([MEMORY.length + 2 * PAGE_SIZE, 0xab]);
  bytes[100_000] = MEMORY[100_000] ?? 0;
  expect(bytes.compare(MEMORY, 0, MEMORY.length, 0, MEMORY.length)).toBe(0);
  expect(fs.readFileSync(path('new', 'wasm_memory.bin'))).toEqual(fs.readFileSync(path('source', 'wasm_memory.bin')));
  expect(listing(root).filter((name) => name.includes('.part'))).toEqual([]);
});

test('metadata gets the size of the new memory, and all else stays to the digit', async () => {
  const image = await open(makeSource());
  await writeSnapshotFolder(path('new'), image, changed(image, 2));
  expect(fs.readFileSync(path('new', 'metadata.json'), 'utf8')).toBe(
    METADATA.replace(`"stable_memory_size": ${MEMORY.length}`, `"stable_memory_size": ${MEMORY.length + 2 * PAGE_SIZE}`),
  );
});

test('the source stays as it is', async () => {
  const source = makeSource();
  const image = await open(source);
  await writeSnapshotFolder(path('new'), image, changed(image));
  expect(Buffer.compare(fs.readFileSync(join(source, 'stable_memory.bin')), MEMORY)).toBe(0);
  expect(listing(source)).toHaveLength(9);
});

test('packed files are unpacked, because the tools read only raw ones', async () => {
  const source = makeSource();
  for (const name of ['stable_memory.bin', 'wasm_memory.bin']) {
    fs.writeFileSync(join(source, `${name}.gz`), gzipSync(fs.readFileSync(join(source, name))));
    fs.rmSync(join(source, name));
  }
  const image = await open(source);
  await writeSnapshotFolder(path('new'), image, changed(image));
  expect(listing(path('new')).filter((name) => /memory\.bin/.test(name))).toEqual(['stable_memory.bin', 'wasm_memory.bin']);
  expect(fs.readFileSync(path('new', 'wasm_memory.bin'))).toEqual(Buffer.alloc(PAGE_SIZE, 3));
});

test('a single file becomes a folder with metadata of its size, and a remark', async () => {
  fs.writeFileSync(path('one.bin'), MEMORY);
  const image = await open(path('one.bin'));
  const remarks = await writeSnapshotFolder(path('new'), image, changed(image));
  expect(listing(path('new'))).toEqual(['metadata.json', 'stable_memory.bin']);
  expect(JSON.parse(fs.readFileSync(path('new', 'metadata.json'), 'utf8'))).toMatchObject({
    stable_memory_size: MEMORY.length,
    wasm_module_size: 0,
  });
  expect(remarks).toEqual([expect.stringMatching(/^Only the stable memory is known/)]);
  const again = await open(path('new'));
  expect([again.declaredBytes, again.remarks]).toEqual([MEMORY.length, []]);
});

test('holes stay holes', async () => {
  fs.writeFileSync(path('sparse.bin'), MEMORY);
  fs.truncateSync(path('sparse.bin'), 2 ** 27);
  const image = await open(path('sparse.bin'));
  await writeSnapshotFolder(path('new'), image, changed(image));
  const { size, blocks } = fs.statSync(path('new', 'stable_memory.bin'));
  expect(size).toBe(2 ** 27);
  expect(blocks * 512).toBeLessThanOrEqual(MEMORY.length);
});

describe('nothing is written', () => {
  test('into the folder of the snapshot, over a folder with files, a file or a link', async () => {
    const source = makeSource();
    const image = await open(source);
    fs.mkdirSync(path('full'));
    fs.writeFileSync(path('full', 'mine'), '');
    fs.symlinkSync(path('full'), path('link'));
    expect(await refused(join(source, 'new'), image)).toMatch(/is in the folder of the snapshot that is being read/);
    expect(await refused(source, image)).toMatch(/already exists/);
    expect(await refused(path('full'), image)).toMatch(/full already exists\. Choose a new folder\./);
    expect(await refused(path('full', 'mine'), image)).toMatch(/already exists/);
    expect(await refused(path('link'), image)).toMatch(/already exists/);
    expect(await refused(path('nowhere', 'new'), image)).toMatch(/the folder does not exist\. Create it first\./);
  });

  test('when the disk is full', async () => {
    const image = await open(makeSource());
    const { writeSync } = await vi.importActual<typeof fs>('node:fs');
    let written = 0;
    vi.mocked(fs.writeSync).mockImplementation(((...args: Parameters<typeof fs.writeSync>) => {
      written += 1;
      if (written > 5) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      return writeSync(...args);
    }) as typeof fs.writeSync);
    expect(await refused(path('new'), image)).toBe(
      `${path('new')} could not be written: the disk is full. Make room on it, or write elsewhere.`,
    );
  });

  test('when the work is given up in the middle', async () => {
    const image = await open(makeSource());
    let pauses = 0;
    const pause = async (): Promise<void> => {
      pauses += 1;
      if (pauses === 2) throw new UserError('request', 'Cancelled.');
    };
    expect(await refused(path('new'), image, { pause })).toBe('Cancelled.');
  });

  test('when the check of what was written fails', async () => {
    const image = await open(makeSource());
    const check = (written: OpenImage): void => {
      expect(readBytes(written.memory, at(0, 100_000), 1)).toEqual(Uint8Array.of(0xab));
      throw new UserError('file', 'It is worse.');
    };
    expect(await refused(path('new'), image, { check })).toBe('It is worse.');
  });

  test('when the disk loses a byte', async () => {
    const image = await open(makeSource());
    const { writeSync } = await vi.importActual<typeof fs>('node:fs');
    vi.mocked(fs.writeSync).mockImplementation(((file: number, bytes: Uint8Array, ...rest: [number, number, number]) =>
      writeSync(
        file,
        bytes.map((byte) => (byte === 0xab ? 0 : byte)),
        ...rest,
      )) as typeof fs.writeSync);
    expect(await refused(path('new'), image)).toMatch(/has other bytes than were written/);
  });

  test('when the source changes meanwhile', async () => {
    const source = makeSource();
    const image = await open(source);
    const pause = async (): Promise<void> => fs.utimesSync(join(source, 'stable_memory.bin'), 1, 1);
    expect(await refused(path('new'), image, { pause })).toMatch(/changed while it was being read\. Nothing was written\./);
  });

  test('from a snapshot that is not whole', async () => {
    const source = makeSource();
    fs.truncateSync(join(source, 'stable_memory.bin'), 500_000);
    expect(await refused(path('new'), await open(source))).toMatch(/^source is not the whole snapshot/);
    fs.writeFileSync(path('odd.bin'), MEMORY.subarray(0, 500_000));
    expect(await refused(path('new'), await open(path('odd.bin')))).toMatch(/^odd\.bin is not the whole snapshot/);
  });
});

test('an empty folder may be the target', async () => {
  const image = await open(makeSource());
  fs.mkdirSync(path('new'));
  await writeSnapshotFolder(path('new'), image, changed(image));
  expect(listing(path('new'))).toHaveLength(7);
});
