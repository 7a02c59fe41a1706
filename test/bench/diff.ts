/**
 * Two images of a large map that differ in a few entries: their comparison against the full scans of both. `ENTRIES` in the environment
 * sets another number of entries. Then sparse images.
 */

import { closeSync, ftruncateSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareSnapshots } from '../../engine/compare/compare-snapshots.ts';
import type { ScannedSnapshot } from '../../engine/compare/scanned-snapshot.ts';
import { BytesMemory } from '../../engine/core/memory/bytes-memory.ts';
import { type Address, at, byteLength, type Memory, PAGE_SIZE, readBytes } from '../../engine/core/memory/memory.ts';
import { finish } from '../../engine/core/slices.ts';
import { openImage } from '../../engine/node/open-image.ts';
import { BTreeMap } from '../../engine/rust/btree/operate.ts';
import { MemoryManager } from '../../engine/rust/memory-manager/operate.ts';
import { scanImage } from '../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../engine/snapshot/open-snapshot.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import { duration, printHead, printRow } from './table.ts';

const ENTRIES = Number(process.env['ENTRIES'] ?? 1_000_000);
const DIFFERENT = 1_000;

export async function benchDiff(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  console.log(
    `\nTwo images of a map of ${ENTRIES.toLocaleString('en')} entries of u64 and 32 bytes, of which ${DIFFERENT.toLocaleString('en')} differ, on disk: one run. The target is at most twice the full scans.\n`,
  );
  printHead('what', 'time', 'ratio');
  const close: (() => void)[] = [];
  const open = async (path: string): Promise<Snapshot> => {
    const image = await openImage(path);
    if ('problem' in image) throw new Error(image.problem);
    close.push(() => image.close());
    return openSnapshot(image);
  };
  try {
    const memory = new BytesMemory();
    const map = BTreeMap.init(memory, TYPES);
    for (let id = 0; id < ENTRIES; id += 1) map.insert(keyBytes(scattered(id)), valueBytes(id));
    const before = written(join(folder, 'before.bin'), memory);
    for (let id = 0; id < DIFFERENT; id += 1) change(map, id);
    const after = written(join(folder, 'after.bin'), memory);
    await report('few differences', await open(before), await open(after));
    await report('none', await open(before), await open(before));
    await reportSparse(folder, open);
  } finally {
    for (const one of close) one();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function report(name: string, before: Snapshot, after: Snapshot): Promise<void> {
  const start = performance.now();
  const scanned = [before, after].map((snapshot) => ({ snapshot, scan: scanImage(snapshot) }));
  const scans = performance.now() - start;
  const [a, b] = scanned;
  if (a === undefined || b === undefined) return;
  printRow(`${name}: the full scans of both`, duration(scans * 1e6), '');
  const { structures } = finish(compareSnapshots(a, b));
  const all = performance.now() - start;
  const { added = 0, removed = 0, changed = 0 } = structures[0]?.difference ?? {};
  printRow(`${name}: with the comparison (${added} + ${removed} + ${changed})`, duration(all * 1e6), (all / scans).toFixed(2));
}

/** Bytes of the sparse images. */
const SPARSE = 100 * 2 ** 30;
const SPARSE_MEMORIES = 100;

/** Compares pairs of equal sparse images: one with maps in memories that are mostly free, one with memories that hold nothing known. */
async function reportSparse(folder: string, open: (path: string) => Promise<Snapshot>): Promise<void> {
  console.log(
    '\nTwo equal sparse images of 100 GiB with 100 memories: one run. The target is 15 s, or 1 s where holes can be asked for.\n',
  );
  printHead('what', 'full scans', 'comparison');
  for (const [name, withMaps] of [
    ['maps in the first pages of the memories', true],
    ['memories of holes that hold nothing known', false],
  ] as const) {
    const paths = ['a', 'b'].map((file) => sparseImage(join(folder, `${file}-${withMaps}.bin`), withMaps));
    const start = performance.now();
    const [a, b] = await Promise.all(paths.map(async (path) => scanned(await open(path))));
    if (a === undefined || b === undefined) continue;
    const scans = performance.now() - start;
    const { isSame } = finish(compareSnapshots(a, b));
    if (!isSame) throw new Error('They are the same.');
    printRow(name, duration(scans * 1e6), duration((performance.now() - start - scans) * 1e6));
  }
}

function scanned(snapshot: Snapshot): ScannedSnapshot {
  return { snapshot, scan: scanImage(snapshot) };
}

function sparseImage(path: string, withMaps: boolean): string {
  const memory = new FileMemory(path);
  const manager = MemoryManager.init(memory);
  for (let id = 0; id < SPARSE_MEMORIES; id += 1) {
    const own = manager.get(id);
    const map = withMaps ? BTreeMap.init(own, TYPES) : undefined;
    for (let entry = 0; entry < 1_000; entry += 1) map?.insert(keyBytes(entry), valueBytes(entry));
    own.grow(SPARSE / SPARSE_MEMORIES / PAGE_SIZE - own.pages);
  }
  memory.close();
  return path;
}

/** A file as a memory that grows by holes. */
class FileMemory implements Memory {
  pages = 0;
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'w+');
  }

  read(from: Address, into: Uint8Array): void {
    readSync(this.#file, into, 0, into.length, from);
  }

  write(to: Address, bytes: Uint8Array): void {
    writeSync(this.#file, bytes, 0, bytes.length, to);
  }

  grow(by: number): number {
    const before = this.pages;
    this.pages += by;
    ftruncateSync(this.#file, this.pages * PAGE_SIZE);
    return before;
  }

  close(): void {
    closeSync(this.#file);
  }
}

const TYPES = { key: { bound: { max: 8, fixed: true } }, value: { bound: { max: 32, fixed: true } } } as const;

/** Spreads the numbers over all of them, each once. */
function scattered(id: number): number {
  return (id * 618_033) % ENTRIES;
}

/** Adds, removes and changes entries all over the map. */
function change(map: BTreeMap, id: number): void {
  const key = scattered(id * 7);
  if (id % 3 === 0) map.insert(keyBytes(ENTRIES + key), valueBytes(id));
  else if (id % 3 === 1) map.remove(keyBytes(key));
  else map.insert(keyBytes(key), valueBytes(id + 1));
}

function keyBytes(id: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(id));
  return bytes;
}

function valueBytes(id: number): Uint8Array {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setBigUint64(8, (BigInt(id) * 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn);
  return bytes;
}

function written(path: string, memory: Memory): string {
  const file = openSync(path, 'w');
  const [size, part] = [byteLength(memory), 2 ** 24];
  for (let start = 0; start < size; start += part) writeSync(file, readBytes(memory, at(0, start), Math.min(part, size - start)));
  closeSync(file);
  return path;
}
