/** Structures as tables: to the first rows, to any row, and through all of them. */

import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BytesMemory } from '../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, type Memory, readBytes } from '../../engine/core/memory/memory.ts';
import { openImage } from '../../engine/node/open-image.ts';
import { BTreeMap } from '../../engine/rust/btree/operate.ts';
import { Vec } from '../../engine/rust/vec/operate.ts';
import { openSnapshot } from '../../engine/snapshot/open-snapshot.ts';
import type { TableSearch } from '../../engine/views/table/calls.ts';
import { searchRows } from '../../engine/views/table/searches.ts';
import { TableView } from '../../engine/views/table/table-view.ts';
import { duration, printHead, printRow } from './table.ts';

const ENTRIES = 1_000_000;
const ITEMS = 10_000_000;
/** Rows on screen, and jumps to anywhere. */
const SCREEN = 60;
const JUMPS = 1_000;

export async function benchTables(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  console.log(
    '\nTables of a map of 1,000,000 records in JSON (87 bytes each) and of a Vec of 10,000,000 numbers, on disk: one run.\n',
  );
  printHead('what', 'time');
  try {
    await benchTable('map', written(join(folder, 'map.bin'), fillMap), [
      { kind: 'key', text: String(3 * ENTRIES - 2), after: -1 },
      { kind: 'filter', expression: 'age > 88 && name contains "99"' },
    ]);
    await benchTable('Vec', written(join(folder, 'vec.bin'), fillVec), [{ kind: 'filter', expression: 'value % 1000003 == 0' }]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function benchTable(name: string, path: string, searches: readonly TableSearch[]): Promise<void> {
  const image = await openImage(path);
  if ('problem' in image) throw new Error(image.problem);
  let start = performance.now();
  const lap = (what: string): void => {
    printRow(`${name}: ${what}`, duration((performance.now() - start) * 1e6));
    start = performance.now();
  };
  const [placed] = openSnapshot(image).structures;
  if (placed === undefined) throw new Error('There is no structure.');
  start = performance.now();
  const view = new TableView(openSnapshot(image), placed);
  view.rows(0, SCREEN);
  lap('to the columns and the first rows');
  while (!view.index().isWhole);
  lap('all elements found by their index');
  const { known } = view.known();
  for (let jump = 0; jump < JUMPS; jump += 1) view.rows(Math.floor((known - SCREEN) * ((jump * 0.618) % 1)), SCREEN);
  lap(`${JUMPS.toLocaleString('en')} screens at any places`);
  for (const wanted of searches) {
    const rows = searchRows(view, wanted);
    while (rows.next().done !== true);
    lap(wanted.kind === 'key' ? 'a key, by its text' : 'a filter over all elements');
  }
  image.close();
}

function written(path: string, fill: (memory: Memory) => void): string {
  const memory = new BytesMemory();
  fill(memory);
  const file = openSync(path, 'w');
  const [size, part] = [byteLength(memory), 2 ** 24];
  for (let start = 0; start < size; start += part) writeSync(file, readBytes(memory, at(0, start), Math.min(part, size - start)));
  closeSync(file);
  return path;
}

function numberBytes(value: number, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), littleEndian);
  return bytes;
}

function fillMap(memory: Memory): void {
  const map = BTreeMap.init(memory, { key: { bound: { max: 8, fixed: true } }, value: {} });
  for (let id = 0; id < ENTRIES; id += 1) {
    const address = { city: ['Bern', 'Paris', 'Oslo', 'Rome'][id % 4], zip: 1_000 + (id % 9_000) };
    const value = { id, name: `user ${id % 997}`, age: id % 90, address, tags: ['a', 'b'] };
    map.insert(numberBytes(3 * id + 1, false), Buffer.from(JSON.stringify(value)));
  }
}

function fillVec(memory: Memory): void {
  const vec = Vec.init(memory, { max: 8, fixed: true });
  for (let index = 0; index < ITEMS; index += 1) vec.push(numberBytes(7 * index, true));
}
