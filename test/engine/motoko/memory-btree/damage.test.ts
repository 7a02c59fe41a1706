import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { at, byteLength, holds, type ReadableMemory, readBytes } from '../../../../engine/core/memory/memory.ts';
import { readStored } from '../../../../engine/core/structure.ts';
import { memoryOf } from '../patched.ts';
import {
  type Damage,
  entriesOf,
  findingsIn,
  found,
  long,
  onlyTree,
  type Region,
  ROLES,
  type Role,
  regionsOf,
  scanned,
  sizeOf,
  treeCalled,
  treesIn,
  u64,
} from './trees.ts';

// "mixed" has nodes of eight and five levels.
const TREE = 'mixed';
const SOUND = regionsOf(TREE);
const EXPECTED = treeCalled(TREE);
const LEAF = 64 + 8 * EXPECTED.capacity;
const CHILDREN = 64 + 8 * (EXPECTED.capacity - 1);

const childOf = (branch: number, index: number) => u64(SOUND.branches, branch + CHILDREN + 8 * index);
/** The branches from the root to the first leaf, and the first two leaves there. */
const WAY = [EXPECTED.root];
while (WAY.length < EXPECTED.depth - 1) WAY.push(childOf(WAY.at(-1) ?? 0, 0));
const LOWEST = WAY.at(-1) ?? 0;
const [FIRST, SECOND] = [childOf(LOWEST, 0), childOf(LOWEST, 1)];
const ENTRY = u64(SOUND.leaves, SECOND + 64 + 8);

function check(title: string, damage: Damage, expected: readonly string[]) {
  test(title, () => expect(findingsIn(regionsOf(TREE, damage))).toEqual(expected));
}

describe('headers', () => {
  check('a sound tree', {}, []);
  check('another layout version', { data: { 3: [2] } }, ['data memory-btree.bad-version @3+1']);
  check('another layout version of the leaves', { leaves: { 3: [1] } }, ['leaves memory-btree.bad-version @3+1']);
  check('a count too high', { data: { 22: long(2000) } }, ['data memory-btree.length @22+8']);
  check('a count of leaves', { leaves: { 8: [1] } }, ['leaves memory-btree.length @8+8']);
  check('a count of branches', { branches: { 8: [1] } }, ['branches memory-btree.length @8+8']);
  check('a wrong depth', { data: { 30: [3] } }, ['data memory-btree.node @30+1']);
  check('a depth without end', { data: { 30: [255] } }, ['data memory-btree.node @30+1']);
  check('a root outside', { data: { 14: long(2 ** 40) } }, ['data memory-btree.node @14+8']);
  check('a branch for a root', { data: { 14: long(WAY[1] ?? 0) } }, ['data memory-btree.node @14+8']);
  check('a node capacity that is stored', { data: { 12: [8] } }, []);
  check('a node capacity that is nonsense', { data: { 12: [77] } }, []);
});

describe('pairing', () => {
  check('a lost magic of the data', { data: { 0: [0] } }, ['data memory-btree.pairing @0+3']);
  check('a lost magic of the leaves', { leaves: { 0: [0] } }, ['leaves memory-btree.pairing @0+3']);
  check('a lost magic of the branches', { branches: { 1: [0] } }, ['branches memory-btree.pairing @0+3']);
  check('a lost magic of the values', { values: { 0: [0] } }, ['values memory-btree.pairing @0+3']);
  check('values that name another region', { values: { 4: [99] } }, ['values memory-btree.pairing @4+4']);
  check('leaves that name another region', { leaves: { 4: [99] } }, ['leaves memory-btree.pairing @4+4']);
  check('data that names other leaves', { data: { 8: [99] } }, ['data memory-btree.pairing @8+4']);
  check('data that names other branches', { data: { 4: [99] } }, ['data memory-btree.pairing @4+4']);
  check('data that names other values', { data: { 32: [99] } }, ['data memory-btree.pairing @32+4']);

  test('regions without the one with the entries', () => {
    const { leaves, branches, values } = regionsOf(TREE);
    expect(findingsIn({ leaves, branches, values })).toEqual([
      'leaves memory-btree.pairing @4+4',
      'branches memory-btree.pairing @4+4',
      'values memory-btree.pairing @4+4',
    ]);
  });

  test('a tree without its leaves is not opened', () => {
    const { data, branches, values } = regionsOf(TREE);
    const { views, findings } = found([data, branches, values]);
    expect(views).toEqual([]);
    expect(findings).toMatchObject([{ code: 'memory-btree.pairing', at: { start: 8, length: 4 } }]);
  });

  test('a tree without its branches has the leaves that links lead to', () => {
    const { data, leaves, values } = regionsOf('single');
    expect(findingsIn({ data, leaves, values })).toEqual(['data memory-btree.pairing @4+4']);
    expect(found([data, leaves, values]).views[0]?.count(new Budget())).toBe(20);
  });

  test('trees that have swapped ids keep their own regions', () => {
    const first = regionsOf('halved', { data: { 8: [regionsOf('mixed').leaves.id] } });
    const second = regionsOf('mixed', { data: { 8: [regionsOf('halved').leaves.id] } });
    const { views, findings } = found([...Object.values(first), ...Object.values(second)]);
    expect(views.map(({ memories }) => memories)).toEqual([first, second].map((all) => ROLES.map((role) => all[role])));
    expect(findings.map(({ code, at: { start } }) => [code, start])).toEqual(Array(2).fill(['memory-btree.pairing', 8]));
  });

  describe('values that are not in a region of the tree', () => {
    const { values, ...others } = SOUND;
    const zeros: Region = Object.assign(memoryOf(values.pages, {}), { id: values.id });

    test('a region with only zeros', () => {
      expect(findingsIn({ ...others, values: zeros })).toEqual(['values memory-btree.pairing @0+3']);
      const view = onlyTree({ ...others, values: zeros });
      expect(view.roles).toContain('values');
      expect(view.count(new Budget())).toBe(onlyTree(SOUND).count(new Budget()));
    });
    test('a missing region', () => expect(findingsIn(others)).toEqual(['data memory-btree.pairing @32+4']));
    test('another region of zeros', () => {
      const other: Region = Object.assign(memoryOf(1, {}), { id: values.id + 5 });
      expect(findingsIn({ ...others, values: other })).toEqual(['data memory-btree.pairing @32+4']);
    });
    test('a set has none', () => {
      const { values: empty, ...set } = regionsOf('set');
      expect(findingsIn(set)).toEqual([]);
      expect(findingsIn({ ...set, values: Object.assign(memoryOf(empty.pages, {}), { id: empty.id }) })).toEqual([]);
    });
  });

  test('a tree of memory-buffer 0.1.0, in two regions, is left alone', () => {
    const data: Region = Object.assign(memoryOf(1, { 0: [0x42, 0x54, 0x52, 0, 17] }), { id: 16 });
    const blobs: Region = Object.assign(memoryOf(1, { 0: [0x42, 0x4c, 0x42, 0, 16] }), { id: 17 });
    expect(found([data, blobs])).toEqual({ views: [], findings: [] });
  });
});

describe('nodes', () => {
  check('a leaf without its magic', { leaves: { [SECOND]: [0] } }, [`leaves memory-btree.node @${SECOND}+3`]);
  check('a leaf of another depth', { leaves: { [SECOND + 3]: [9] } }, [`leaves memory-btree.node @${SECOND + 3}+1`]);
  check('a leaf of another parent', { leaves: { [SECOND + 8]: long(LEAF) } }, [`leaves memory-btree.node @${SECOND + 8}+8`]);
  check('a leaf of another index', { leaves: { [SECOND + 4]: [7] } }, [`leaves memory-btree.node @${SECOND + 4}+2`]);
  check('a leaf that another follows', { leaves: { [SECOND + 24]: long(0) } }, [`leaves memory-btree.node @${SECOND + 24}+8`]);
  check('a leaf after another', { leaves: { [SECOND + 16]: [0, 0, 1] } }, [`leaves memory-btree.node @${SECOND + 16}+8`]);
  check('a first leaf with one before it', { leaves: { [FIRST + 16]: long(SECOND) } }, [
    `leaves memory-btree.node @${FIRST + 16}+8`,
  ]);
  check('a branch without its magic', { branches: { [LOWEST]: [0] } }, [`branches memory-btree.node @${LOWEST}+3`]);
  check('a branch of another parent', { branches: { [LOWEST + 16]: [1] } }, [`branches memory-btree.node @${LOWEST + 16}+8`]);
  check('entries beneath a branch', { branches: { [LOWEST + 8]: long(500) } }, [
    `branches memory-btree.subtree @${LOWEST + 8}+8`,
  ]);
  check('a separator outside', { branches: { [LOWEST + 64]: long(2 ** 33) } }, [`branches memory-btree.node @${LOWEST + 64}+8`]);
  check('a separator that is another key', { branches: { [LOWEST + 64]: long(u64(SOUND.leaves, FIRST + 64)) } }, [
    `branches memory-btree.order @${LOWEST + 64}+8`,
  ]);

  test('a count beyond the capacity', () => {
    expect(findingsIn(regionsOf(TREE, { leaves: { [SECOND + 6]: [200] } }))).toContain(
      `leaves memory-btree.node @${SECOND + 6}+2`,
    );
  });

  test('leaves and levels that damaged pointers lead to are found by the links between leaves', () => {
    for (const branch of WAY) {
      for (const wrong of [2 ** 40, 65, LEAF + 1, branch + 1, childOf(branch, 1)]) {
        const place = branch + CHILDREN;
        const regions = regionsOf(TREE, { branches: { [place]: long(wrong) } });
        expect(findingsIn(regions)[0]).toBe(`branches memory-btree.node @${place}+8`);
        expect(entriesOf(TREE, onlyTree(regions))).toEqual(EXPECTED.entries);
      }
    }
  });

  test('what is lost because the links are damaged, too, is unknown and not free', () => {
    const regions = regionsOf(TREE, {
      branches: { [LOWEST + CHILDREN + 8]: long(1) },
      leaves: { [FIRST + 24]: long(0), [u64(SOUND.leaves, SECOND + 24) + 16]: long(0) },
    });
    const view = onlyTree(regions);
    const { scan, findings } = scanned(view);
    const missing = readBytes(SOUND.leaves, at(0, SECOND + 6), 1)[0] ?? 0;
    expect(entriesOf(TREE, view).length).toBe(EXPECTED.count - missing);
    expect(findings.map(({ code }) => code)).toEqual(['memory-btree.node', 'memory-btree.length', 'memory-btree.length']);
    expect(scan.usage).toMatchObject({ free: 0, leaked: 0 });
    expect(scan.usage.unknown).toBeGreaterThan(0);
  });
});

describe('entries', () => {
  check('an entry outside', { leaves: { [SECOND + 72]: long(2 ** 50) } }, [`leaves memory-btree.node @${SECOND + 72}+8`]);
  check('no entry', { leaves: { [SECOND + 72]: long(0) } }, [`leaves memory-btree.node @${SECOND + 72}+8`]);
  check('a value outside', { data: { [ENTRY + 3]: long(2 ** 40) } }, [`data memory-btree.entry @${ENTRY + 3}+12`]);
  check('a value in the header', { data: { [ENTRY + 3]: long(20) } }, [`data memory-btree.entry @${ENTRY + 3}+12`]);

  test('two entries in one place', () => {
    const codes = findingsIn(regionsOf(TREE, { leaves: { [SECOND + 72]: long(u64(SOUND.leaves, SECOND + 64)) } }));
    expect(codes).toContainEqual(expect.stringMatching(/^data memory-btree.overlap/));
    expect(codes).toContainEqual(expect.stringMatching(/^values memory-btree.overlap/));
  });

  test('two values in one place', () => {
    const value = u64(SOUND.data, u64(SOUND.leaves, SECOND + 64) + 3);
    const codes = findingsIn(regionsOf(TREE, { data: { [ENTRY + 3]: long(value + 1) } }));
    expect(codes).toContainEqual(expect.stringMatching(/^(data|values) memory-btree.overlap/));
  });

  test('a key out of order is reported at its bytes', () => {
    // "key 1…" becomes "kez 1…".
    const regions = regionsOf(TREE, { data: { [ENTRY + 15 + 2]: [0x7a] } });
    const length = readBytes(SOUND.data, at(0, ENTRY + 1), 1)[0] ?? 0;
    expect(findingsIn(regions)).toEqual([`data memory-btree.order @${ENTRY + 15}+${length}`]);
  });

  test('a key that is too long for its region', () => {
    const last = byteLength(SOUND.data) - 20;
    const regions = regionsOf(TREE, {
      leaves: { [SECOND + 72]: long(last) },
      data: { [last + 1]: [0, 1] },
    });
    expect(findingsIn(regions)).toContain(`data memory-btree.entry @${last + 1}+2`);
  });
});

/** Offsets of meaningful bytes in headers, nodes and entries. */
function placesIn(regions: Readonly<Record<Role, ReadableMemory>>): Readonly<Record<Role, readonly number[]>> {
  const leaves = Array.from({ length: 12 }, (_, place) => 64 + place * LEAF);
  const branches = [...WAY, ...Array.from({ length: 6 }, (_, place) => 64 + place * (63 + 16 * EXPECTED.capacity))];
  const entries = leaves.flatMap((leaf) => [u64(regions.leaves, leaf + 64), u64(regions.leaves, leaf + 72)]);
  return { data: [0, ...entries], values: [0, 64], leaves: [0, ...leaves], branches: [0, ...branches] };
}

const PLACES = placesIn(SOUND);
const someLong = fc.oneof(
  fc.constantFrom(0, 1, 64, 2 ** 52, ...WAY, FIRST, SECOND, ENTRY).map(long),
  fc.uint8Array({ minLength: 1, maxLength: 8 }).map((bytes) => [...bytes]),
);
const damage = fc.array(
  fc
    .constantFrom(...ROLES)
    .chain((role) =>
      fc.tuple(fc.constant(role), fc.constantFrom(...PLACES[role]), fc.nat({ max: role === 'branches' ? 180 : 130 }), someLong),
    ),
  { minLength: 1, maxLength: 6 },
);

law.prop([damage], { numRuns: 40 })('any damage is reported or survived, and every byte keeps one use', (patches) => {
  expectSurvived(regionsOf(TREE, damageOf(patches)));
});

const PREFIXED = treesIn('memory-btrees-prefixed');
const [NARROW] = PREFIXED.trees;
if (!NARROW) throw new Error('There is no tree with prefixes.');

const anywhere = fc.array(fc.tuple(fc.constantFrom(...ROLES), fc.nat({ max: 9000 }), fc.constant(0), someLong), {
  minLength: 1,
  maxLength: 12,
});

law.prop([anywhere], { numRuns: 40 })('so it is where leaves have prefixes', (patches) => {
  expectSurvived(PREFIXED.regionsOf(NARROW, damageOf(patches)));
});

function damageOf(
  patches: readonly (readonly [role: Role, place: number, distance: number, bytes: readonly number[]])[],
): Damage {
  const all: Partial<Record<Role, Record<number, readonly number[]>>> = {};
  for (const [role, place, distance, bytes] of patches) all[role] = { ...all[role], [place + distance]: bytes };
  return all;
}

function expectSurvived(regions: Readonly<Record<Role, Region>>): void {
  const { views } = found(Object.values(regions));
  for (const view of views) {
    const { scan, findings } = scanned(view, new Budget({ steps: 200_000 }));
    const usage = Object.values(scan.usage);
    expect(usage.reduce((sum, bytes) => sum + bytes, 0)).toBe(sizeOf(view));
    expect(Math.min(...usage)).toBeGreaterThanOrEqual(0);
    for (const { memory, at: span } of findings) expect(holds(memory, span.start, span.length)).toBe(true);
    const count = view.count(new Budget({ steps: 200_000 }));
    for (const { key, value } of view.elements(0, 10_000, new Budget({ steps: 200_000 }))) {
      for (const run of [key, value]) if (run) expect(readStored(run).length).toBe(run.size);
    }
    expect(view.elements(count, 5, new Budget())).toEqual([]);
    expect(view.freeList(0, 1_000_000, new Budget()).length).toBe(view.freeCount(new Budget()));
    for (const memory of view.memories) {
      for (let address = 0; address < byteLength(memory); address += 1999) {
        expect(view.owners(memory, at(0, address), new Budget()).length).toBeGreaterThan(0);
      }
    }
  }
}
