import { Budget } from '../../../engine/core/budget.ts';
import { toHex } from '../../../engine/core/format.ts';
import { holds, offsetAt } from '../../../engine/core/memory/memory.ts';
import { finish } from '../../../engine/core/slices.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../../engine/snapshot/open-snapshot.ts';
import { ownersOf } from '../../../engine/snapshot/owners.ts';
import type { PlacedStructure } from '../../../engine/snapshot/placed.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import { findDatabase } from '../../../engine/snapshot/sqlite/find-database.ts';
import { entryLines } from '../../../engine/views/entries.ts';
import { lookUpKey } from '../../../engine/views/find/lookup.ts';
import { storyOf } from '../../../engine/views/find/lookup-story.ts';
import { inspectReport } from '../../../engine/views/inspect.ts';
import { mapCells } from '../../../engine/views/map/cells.ts';
import type { ViewName } from '../../../engine/views/protocol.ts';
import { shapeOf } from '../../../engine/views/shape/shape.ts';
import { shapeText } from '../../../engine/views/shape/shape-text.ts';
import { treeRows } from '../../../engine/views/tree/tree.ts';
import { patches } from '../mutate.ts';
import { Patched } from '../patched.ts';
import type { Random } from '../random.ts';
import { assert, type Reader } from '../reader.ts';
import { IMAGES } from '../seeds.ts';

const VIEWS = ['memories', 'buckets', 'freeLists', 'elements'] as const satisfies readonly ViewName[];
/** Limits of each traversal of a case. It reports if it was cut short. */
const LIMITS = { steps: 20_000, bytes: 2 ** 25 } as const;

export const IMAGE_READER: Reader = {
  name: 'images',
  cases: 3000,
  maxTime: 8000,
  run(random) {
    const { bytes, places } = random.pick(IMAGES);
    const size = random.once(6) ? 1 + random.below(bytes.length) : bytes.length;
    const changes = patches(random, size, places, (start, length) => bytes.subarray(start, start + length));
    const memory = new Patched(bytes, changes, size);
    expectWhole(openSnapshot({ title: 'fuzzed', memory, bytes: size, missing: [], remarks: [] }), random);
  },
};

/** Asserts that every query returns, that sizes add up, and that findings are within the image. */
export function expectWhole(snapshot: Snapshot, random: Random): void {
  let end = 0;
  for (const { extent } of snapshot.areas) {
    assert(extent.start === end && extent.length > 0, () => `The areas do not tile the image at ${end}.`);
    end += extent.length;
  }
  assert(end === snapshot.bytes, () => `The areas end at ${end}, the image at ${snapshot.bytes}.`);
  const scan = scanImage(snapshot, new Budget(LIMITS));
  const used = Object.values(scan.usage).reduce((sum, bytes) => sum + bytes, 0);
  assert(used === snapshot.bytes, () => `The usage adds up to ${used}, not to ${snapshot.bytes}.`);
  for (const { code, at } of scan.findings)
    assert(at.start >= 0 && at.length >= 0 && at.start + at.length <= snapshot.bytes, () => `${code} is outside the image.`);
  JSON.stringify(inspectReport(snapshot, scan));
  if (!random.once(3)) return;
  for (let each = 0; each < 3; each += 1) {
    const offset = offsetAt(0, random.below(snapshot.bytes));
    assert(ownersOf(snapshot, offset, new Budget(LIMITS)).length > 0, () => `Byte ${offset} has no owner.`);
  }
  mapCells(snapshot, 0, 2 ** Math.ceil(Math.log2(Math.max(1, snapshot.bytes / 256))), 256, scan.where);
  const view = random.pick(VIEWS);
  const [row] = treeRows(snapshot, view, undefined, new Budget(LIMITS));
  if (row?.expandable) treeRows(snapshot, view, row.id, new Budget(LIMITS));
  const placed = snapshot.structures[random.below(snapshot.structures.length)];
  if (placed === undefined) return;
  const range = { from: random.below(4), limit: 4, stale: random.once(2) };
  for (const line of entryLines(snapshot, placed, range, new Budget(LIMITS))) {
    JSON.stringify(line);
    if ('key' in line && line.key) expectLookup(snapshot, placed, line.key);
  }
  expectShape(snapshot, placed, 1 + random.below(4));
  const { memory } = placed.space;
  const database = findDatabase(memory);
  if (database) assert(holds(memory, database.range.start, database.range.length), () => 'The database is not in its memory.');
}

/** Asserts that a tree's shape is computed, and that its sums add up. */
function expectShape(snapshot: Snapshot, placed: PlacedStructure, depth: number): void {
  const report = finish(shapeOf(snapshot, placed, { depth }, new Budget(LIMITS)));
  if (report === undefined) return;
  const { groups, others } = report.prefixes;
  const bytes = groups.reduce((sum, group) => sum + group.bytes, others?.bytes ?? 0);
  assert(bytes === report.keyBytes + report.valueBytes, () => `The groups of keys have ${bytes} bytes.`);
  for (const { used, bytes: all } of report.levels) assert(used <= all, () => `A level uses ${used} of ${all} bytes.`);
  JSON.stringify(report);
  shapeText(report);
}

/** Asserts that the lookup of a key ends, and can be described. */
function expectLookup(snapshot: Snapshot, placed: PlacedStructure, key: Uint8Array): void {
  const line = lookUpKey(snapshot, placed, `0x${toHex(key)}`, new Budget(LIMITS));
  if (typeof line === 'string') return;
  assert(line.path.length <= 33, () => `The path of a lookup has ${line.path.length} nodes.`);
  JSON.stringify([line, storyOf(line)]);
}
