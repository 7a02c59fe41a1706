/** Two images of a large map that differ in a few entries: their comparison against the full scans of both. */

import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareSnapshots } from '../../engine/compare/compare-snapshots.ts';
import { BytesMemory } from '../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, type Memory, readBytes } from '../../engine/core/memory/memory.ts';
import { finish } from '../../engine/core/slices.ts';
import { openImage } from '../../engine/node/open-image.ts';
import { BTreeMap } from '../../engine/rust/btree/operate.ts';
import { scanImage } from '../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../engine/snapshot/open-snapshot.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import { duration, printHead, printRow } from './table.ts';

const ENTRIES = 1_000_000;
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
