import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { readStored, type StoredBytes } from '../../../../engine/core/structure.ts';
import { codecOf } from '../../../../engine/values/codecs.ts';
import { findingsIn, onlyTree, type RecordedTree, ROLES, scanned, sizeOf, treesIn } from './trees.ts';

interface PrefixedTree extends RecordedTree {
  readonly allocated: readonly number[];
}

const { trees, regionsOf } = treesIn<PrefixedTree>('memory-btrees-prefixed');

const text = (run: StoredBytes | undefined, codec: string) =>
  run && codecOf(codec)?.decode(readStored(run))?.text.replaceAll(/[_,]/g, '');

describe.each(trees)('the real tree $name', (tree) => {
  const memories = regionsOf(tree);
  const view = onlyTree(memories);
  const elements = view.elements(0, tree.count + 1, new Budget());

  test('its entries are those that the library has printed', () => {
    const key = tree.name === 'numbers' ? 'u64-be' : 'text';
    expect(elements.map((each) => [text(each.key, key), text(each.value, 'text')])).toEqual(tree.entries);
  });

  test('leaves leave out the prefixes of their keys, if that was requested', () => {
    const cut = elements.filter(({ key }) => key?.spans.length === 2);
    if (tree.name === 'plain') expect(cut).toEqual([]);
    else expect(cut.length).toBeGreaterThan(tree.count / 4);
  });

  test('it is sound, and all allocated bytes belong to it', () => {
    const { scan, findings } = scanned(view);
    expect(findings).toEqual([]);
    expect(findingsIn(memories)).toEqual([]);
    expect(scan.facts).toMatchObject({ leafNodes: tree.leaves, branchNodes: tree.branches, depth: tree.depth });
    expect(scan.usage.metadata + scan.usage.live).toBe(tree.allocated.reduce((sum, size) => sum + size));
    expect(Object.values(scan.usage).reduce((sum, size) => sum + size)).toBe(sizeOf(view));
    expect(view.facts).toMatchObject({ version: 1, nodeCapacity: tree.capacity });
    expect(view.roles).toEqual(ROLES);
  });
});
