import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/budget.ts';
import { BytesMemory } from '../../../../engine/memory/bytes-memory.ts';
import { PAGE_SIZE } from '../../../../engine/memory/memory.ts';
import { type Run, readRun } from '../../../../engine/structure.ts';
import { codecOf } from '../../../../engine/values/codecs.ts';
import { imageBytes, sidecar } from '../../../fixtures.ts';
import { findingsIn, onlyTree, type Region, ROLES, type Role, sizeOf, surveyed } from './trees.ts';

interface PrefixedTree {
  readonly name: string;
  readonly regions: Readonly<Record<Role, number>>;
  readonly capacity: number;
  readonly count: number;
  readonly depth: number;
  readonly leaves: number;
  readonly branches: number;
  readonly allocated: readonly number[];
  readonly entries: readonly (readonly [key: string, value: string])[];
}

const { regions, trees } = sidecar<{
  readonly regions: readonly { readonly id: number; readonly pages: number }[];
  readonly trees: readonly PrefixedTree[];
}>('memory-btrees-prefixed');
const bytes = imageBytes('memory-btrees-prefixed');

function regionOf(id: number): Region {
  const index = regions.findIndex((region) => region.id === id);
  const start = regions.slice(0, index).reduce((sum, { pages }) => sum + pages * PAGE_SIZE, 0);
  const length = (regions[index]?.pages ?? 0) * PAGE_SIZE;
  return Object.assign(BytesMemory.of(bytes.subarray(start, start + length)), { id });
}

function regionsOf({ regions: ids }: PrefixedTree): Record<Role, Region> {
  const { data, values, leaves, branches } = ids;
  return { data: regionOf(data), values: regionOf(values), leaves: regionOf(leaves), branches: regionOf(branches) };
}

const text = (run: Run | undefined, codec: string) => run && codecOf(codec)?.decode(readRun(run))?.text.replaceAll(/[_,]/g, '');

describe.each(trees)('the real tree $name', (tree) => {
  const memories = regionsOf(tree);
  const view = onlyTree(memories);
  const elements = view.elements(0, tree.count + 1, new Budget());

  test('its entries are those that its library tells', () => {
    const key = tree.name === 'numbers' ? 'u64-be' : 'text';
    expect(elements.map((each) => [text(each.key, key), text(each.value, 'text')])).toEqual(tree.entries);
  });

  test('leaves leave out what their keys begin with, where that was asked for', () => {
    const cut = elements.filter(({ key }) => key?.spans.length === 2);
    if (tree.name === 'plain') expect(cut).toEqual([]);
    else expect(cut.length).toBeGreaterThan(tree.count / 4);
  });

  test('it is sound, and all that was handed out is its own', () => {
    const { survey, findings } = surveyed(view);
    expect(findings).toEqual([]);
    expect(findingsIn(memories)).toEqual([]);
    expect(survey.facts).toMatchObject({ leafNodes: tree.leaves, branchNodes: tree.branches, depth: tree.depth });
    expect(survey.fates.metadata + survey.fates.live).toBe(tree.allocated.reduce((sum, size) => sum + size));
    expect(Object.values(survey.fates).reduce((sum, size) => sum + size)).toBe(sizeOf(view));
    expect(view.facts).toMatchObject({ version: 1, nodeCapacity: tree.capacity });
    expect(view.roles).toEqual(ROLES);
  });
});
