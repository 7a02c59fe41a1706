import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { at, byteLength } from '../../../../engine/core/memory/memory.ts';
import { inspectRegionManager } from '../../../../engine/motoko/regions/inspect.ts';
import { sidecar } from '../../../fixtures.ts';
import { imageOnce } from '../patched.ts';
import { entriesOf, found, onlyTree, ROLES, regionsOf, scanned, sizeOf, TREES, u64 } from './trees.ts';

/** Findings in some of the trees, caused by defects of the library. */
const DEFECTS: Readonly<Record<string, readonly string[]>> = {
  shrunk: Array<string>(4).fill('memory-btree.branch-leaked'),
  referenced: ['memory-btree.subtree', 'memory-btree.subtree'],
};
const ORDERS: Readonly<Record<string, string | undefined>> = {
  mixed: 'bytes',
  set: 'length, then bytes',
  halved: 'length, then bytes from the last',
  unordered: 'unknown',
  empty: undefined,
};

describe.each(TREES)('the tree $name', (expected) => {
  const { name } = expected;
  const regions = regionsOf(name);
  const view = onlyTree(regions);
  const { scan, findings } = scanned(view);

  test('its regions and facts', () => {
    expect(view.memories).toEqual(ROLES.map((role) => regions[role]));
    expect(view.roles).toEqual(ROLES);
    expect(view.length).toBe(BigInt(expected.count));
    const assumed = expected.leaves === 1;
    const set = name === 'set' ? { set: true } : {};
    const capacity = assumed ? { nodeCapacity: 256, nodeCapacityAssumed: true } : { nodeCapacity: expected.capacity };
    expect(view.facts).toEqual({ version: 0, ...capacity, ...set });
  });

  test('its entries, in order', () => {
    expect(view.count(new Budget())).toBe(expected.count);
    const entries = entriesOf(name, view);
    // The program prints keys that the library misreads.
    if (name === 'unordered') expect(entries.map(([, value]) => value)).toEqual(expected.entries.map(([, value]) => value));
    else expect(entries).toEqual(expected.entries);
  });

  test('windows of entries are the same entries', () => {
    const again = onlyTree(regions);
    const entries = entriesOf(name, view);
    for (const from of [Math.floor(expected.count / 2), Math.max(0, expected.count - 3), 0, expected.count]) {
      expect(entriesOf(name, again, from, 7)).toEqual(entries.slice(from, from + 7));
    }
  });

  test('only the damage by the library itself is found', () => {
    expect(findings.map(({ code }) => code)).toEqual(DEFECTS[name] ?? []);
    for (const { memory, path } of findings) expect([memory, path].length).toBe(2);
  });

  test('the facts of a scan', () => {
    const { depth, leaves } = expected;
    expect(scan.facts).toMatchObject({ depth, leafNodes: leaves });
    const leaked = (DEFECTS[name] ?? []).filter((code) => code === 'memory-btree.branch-leaked').length;
    expect(scan.facts['branchNodes']).toBe(expected.branches - leaked);
    if (name in ORDERS) expect(scan.facts['keyOrder']).toBe(ORDERS[name]);
    expect(scan.facts['referencedEntries']).toBe(name === 'referenced' ? 1 : undefined);
  });

  test('every byte has one use', () => {
    expect(Object.values(scan.usage).reduce((sum, bytes) => sum + bytes, 0)).toBe(sizeOf(view));
    const leaked = (expected.branches - Number(scan.facts['branchNodes'])) * (63 + 16 * expected.capacity);
    expect(scan.usage).toMatchObject({ metadata: 256, unknown: 0, leaked });
  });

  test('its free blocks, up to the last one in use', () => {
    const free = view.freeList(0, 100_000, new Budget());
    expect(view.freeCount(new Budget())).toBe(free.length);
    expect(view.freeList(3, 5, new Budget())).toEqual(free.slice(3, 8));
    for (const [number, role] of ROLES.entries()) {
      const memory = regions[role];
      const gaps = free.filter((block) => block.memory === memory).map(({ start, length }) => [start, length] as const);
      const unused = (address: number) => view.owners(memory, at(0, address), new Budget())[0]?.kind === 'unused';
      const blocks = (expected.free[number] ?? []).filter(([address]) => !unused(address));
      for (const [address, size] of blocks) {
        const around = gaps.find(([start, length]) => start <= address && address + size <= start + length);
        expect(around, `${role} ${address}`).toBeDefined();
      }
      // The library leaks bytes of values of 64 KiB and more, and all values when it is cleared: they are in gaps, but not free.
      if (role !== 'values' || (name !== 'long' && name !== 'cleared')) expect(gaps).toEqual(blocks);
    }
  });

  test('each byte has owners that contain it', () => {
    for (const role of ROLES) {
      for (let address = 0; address < byteLength(regions[role]); address += 61) {
        const owners = view.owners(regions[role], at(0, address), new Budget());
        expect(owners.length).toBeGreaterThan(0);
        for (const owner of owners) {
          expect(owner.address).toBeLessThanOrEqual(address);
          expect(owner.address + owner.length).toBeGreaterThan(address);
        }
      }
    }
  });

  test('a scan without budget reports it, and everything adds up', () => {
    const { scan: cut } = scanned(onlyTree(regions), new Budget({ steps: 3 }));
    if (expected.count <= 3) return;
    expect(cut.cutShort).toBeDefined();
    expect(Object.values(cut.usage).reduce((sum, bytes) => sum + bytes, 0)).toBe(sizeOf(view));
    expect(cut.usage).toMatchObject({ free: 0, live: 0 });
  });
});

test('all trees among all regions', () => {
  const regions = TREES.flatMap(({ name }) => Object.values(regionsOf(name)));
  const { views, findings } = found(regions.reverse());
  expect(findings).toEqual([]);
  expect(views.map(({ length }) => Number(length)).sort()).toEqual(TREES.map(({ count }) => count).sort());
});

describe('memory-btree-order256', () => {
  interface Sidecar {
    readonly expect: {
      readonly btree: {
        readonly sizes: Readonly<Record<string, number>>;
        readonly free: Readonly<Record<string, readonly (readonly [number, number])[]>>;
        readonly referenced: { readonly key: string; readonly id: number; readonly refCount: number };
        readonly entries: readonly (readonly [string, string])[];
      };
    };
  }
  const expected = sidecar<Sidecar>('memory-btree-order256').expect.btree;
  const [leaves, branches, data, values] = inspectRegionManager(imageOnce('memory-btree-order256'), () => {})?.regions ?? [];
  if (!data || !values || !leaves || !branches) throw new Error('The fixture has fewer regions.');
  const view = onlyTree({ data, values, leaves, branches });

  test('its free blocks, as on the heap of the library', () => {
    const free = view.freeList(0, 10_000, new Budget());
    for (const [role, memory] of Object.entries({ data, values, leaves, branches })) {
      const blocks = free.filter((block) => block.memory === memory).map(({ start, length }) => [start, length]);
      expect([role, blocks]).toEqual([role, expected.free[role]]);
    }
  });

  test('live bytes are those that were allocated', () => {
    const { scan } = scanned(view);
    const used = Object.entries(expected.sizes).map(
      ([role, size]) => size - 64 - (expected.free[role] ?? []).reduce((sum, [, bytes]) => sum + bytes, 0),
    );
    expect(scan.usage.live).toBe(used.reduce((sum, bytes) => sum + bytes, 0));
    expect(scan.facts).toMatchObject({ referencedEntries: 1, keyOrder: 'length, then bytes' });
  });

  test('the owners of a byte lead to its entry', () => {
    const index = expected.entries.findIndex(([key]) => key === expected.referenced.key);
    const { id } = expected.referenced;
    const namesAt = (memory: typeof data, address: number) =>
      view.owners(memory, at(0, address), new Budget()).map(({ kind, name }) => [kind, name]);
    const entry = ['entry', String(index)];
    expect(namesAt(data, id)).toEqual([entry, ['field', 'reference count']]);
    expect(namesAt(data, id + 2)).toEqual([entry, ['field', 'key size']]);
    expect(namesAt(data, id + 15)).toEqual([entry, ['field', 'key']]);
    const [element] = view.elements(index, 1, new Budget());
    expect(namesAt(values, element?.value?.spans[0]?.start ?? 0)).toEqual([entry, ['field', 'value']]);
    expect(element?.key?.spans[0]?.start).toBe(id + 15);
    const leaf = u64(branches, 64 + 64 + 8 * 255);
    expect(namesAt(leaves, leaf + 24)).toEqual([
      ['node', undefined],
      ['field', 'next leaf'],
    ]);
    expect(namesAt(leaves, leaf + 64)).toEqual([
      ['node', undefined],
      ['entry', '0'],
      ['field', 'entry address'],
    ]);
    expect(namesAt(branches, 64 + 64).at(-1)).toEqual(['field', 'separator 0']);
    expect(namesAt(branches, 64 + 64 + 8 * 255 + 9).at(-1)).toEqual(['field', 'child 1']);
    expect(namesAt(data, 30).at(-1)).toEqual(['field', 'depth']);
    expect(namesAt(branches, 8).at(-1)).toEqual(['field', 'count of nodes']);
  });
});
