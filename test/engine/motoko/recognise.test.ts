import { expect, test } from 'vitest';
import { recogniseMotoko } from '../../../engine/motoko/recognise.ts';
import { inspectRegionManager } from '../../../engine/motoko/regions/inspect.ts';
import { image } from '../../fixtures.ts';
import { memoryOf } from './patched.ts';

test('each region of a tree and a queue is recognised', () => {
  const regions = inspectRegionManager(image('memory-btree-order256'), () => {})?.regions ?? [];
  expect(regions.map((region) => [region.id, recogniseMotoko(region)?.name])).toEqual([
    [16, 'MemoryBTree (leaves)'],
    [17, 'MemoryBTree (branches)'],
    [18, 'MemoryBTree (entries)'],
    [19, 'MemoryBTree (values)'],
    [20, 'MemoryQueue'],
  ]);
});

test('other bytes are not', () => {
  expect(recogniseMotoko(memoryOf(1, {}))).toBeUndefined();
  expect(recogniseMotoko(memoryOf(1, { 0: [0x4d, 0x51, 0x55, 7] }))).toBeUndefined();
  expect(recogniseMotoko(memoryOf(0, {}))).toBeUndefined();
});
