import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openImage } from '../../../engine/node/open-image.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../../engine/snapshot/open-snapshot.ts';
import { overlayBytes, pagesOf } from '../replica/overlay-bytes.ts';

/** A downloaded snapshot of a Motoko canister, and the same made into a replica's state. */
const DOWNLOADED = join(import.meta.dirname, '../../fixtures/motoko/snapshot-eop');
let root = '';

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'replica-heap-'));
  const state = join(root, 'checkpoints', '00000000000000c8', 'canister_states', '00000000000000010101');
  mkdirSync(state, { recursive: true });
  const put = (name: string, bytes: Uint8Array): void => writeFileSync(join(state, name), bytes);
  const unpacked = (name: string): Uint8Array => gunzipSync(readFileSync(join(DOWNLOADED, name)));
  const stable = unpacked('stable_memory.bin.gz');
  const page = (number: number): Uint8Array => stable.subarray(number * 4096, (number + 1) * 4096);
  const stale = (number: number): boolean => number % 3 === 0;
  put(
    'stable_memory.bin',
    stable.map((byte, offset) => (stale(Math.floor(offset / 4096)) ? 0xa5 : byte)),
  );
  const numbers = Array.from({ length: stable.length / 4096 }, (_, number) => number).filter(stale);
  put('0000000000000064_0000_stable_memory.overlay', overlayBytes(new Map(numbers.map((number) => [number, 0x5a]))));
  // The newest has pages of zeros, too, where the older files have other bytes.
  put('00000000000000c8_0000_stable_memory.overlay', overlayBytes(new Map(numbers.map((number) => [number, page(number)]))));
  put('00000000000000c8_0000_vmemory_0.overlay', overlayBytes(pagesOf(unpacked('wasm_memory.bin.gz'))));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function read(path: string) {
  const image = await openImage(path);
  if ('problem' in image) throw new Error(image.problem);
  try {
    const snapshot = openSnapshot(image);
    const { findings, usage } = scanImage(snapshot);
    return { findings, usage, free: snapshot.motoko.allocators.map(({ free }) => free) };
  } finally {
    image.close();
  }
}

test("a replica's state has the same free lists as its download, from the heap in its overlays", async () => {
  const downloaded = await read(DOWNLOADED);
  expect(downloaded.free[1]?.length).toBe(95);
  expect(await read(root)).toEqual(downloaded);
});
