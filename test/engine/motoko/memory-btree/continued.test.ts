import { expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { at } from '../../../../engine/core/memory/memory.ts';
import { readStored } from '../../../../engine/core/structure.ts';
import { onlyTree, type RecordedTree, regionsOf, scanned, sizeOf, TREES, treesIn } from './trees.ts';

const continued = treesIn<RecordedTree & { readonly allocated: readonly number[] }>('memory-btree-continued');
const [tree] = continued.trees;
if (!tree) throw new Error('There is no such tree.');
const memories = continued.regionsOf(tree);
const view = onlyTree(memories);
const utf8 = new TextDecoder();

test('the entries of a tree that another release has changed are those of its leaves', () => {
  const elements = view.elements(0, tree.count + 1, new Budget());
  const texts = elements.map(({ key, value }) => [key && utf8.decode(readStored(key)), value && utf8.decode(readStored(value))]);
  expect(texts).toEqual(tree.entries);
  // The newer release did not find the keys of the older one.
  expect(new Set(texts.map(([key]) => key)).size).toBeLessThan(tree.count);
});

test('its two kinds of separators are reported, at the first of the newer kind', () => {
  const { scan, findings } = scanned(view);
  const reported = findings.filter(({ code }) => code === 'memory-btree.separators');
  expect(reported.length).toBe(1);
  expect(reported[0]?.memory).toBe(memories.branches);
  expect(reported[0]?.message).toMatch(/^The key before leaf 0x[0-9a-f]+ is a separate block, as in layout version 1/);
  expect(Object.values(scan.usage).reduce((sum, size) => sum + size)).toBe(sizeOf(view));
  expect(scan.usage.metadata + scan.usage.live).toBe(tree.allocated.reduce((sum, size) => sum + size));
});

test('the newer separators have owners', () => {
  const owned = Array.from({ length: tree.allocated[0] ?? 0 }, (_, address) =>
    view.owners(memories.data, at(0, address), new Budget()).some(({ kind }) => kind === 'separator'),
  );
  expect(owned).toContain(true);
});

test.each(TREES)('the tree $name was changed by one release only', ({ name }) => {
  const { findings } = scanned(onlyTree(regionsOf(name)));
  expect(findings.filter(({ code }) => code === 'memory-btree.separators')).toEqual([]);
});
