import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import type { MapResult } from '../../../engine/views/protocol.ts';
import { Bins, MANY, overviewZoom } from '../../../webview/map/bins.ts';
import { coverage, joinMaps } from '../../../webview/map/sample.ts';
import { FakeMemory } from '../fake-memory.ts';

const PAGE = 65_536;

law.prop([fc.integer({ min: 1, max: 500 * 2 ** 30 })])('an overview is a few thousand cells at most', (bytes) => {
  expect(bytes / overviewZoom(bytes)).toBeLessThanOrEqual(4096);
});

test('a single live page shows in a bin that is nearly all slack', () => {
  const memory = new FakeMemory();
  const bins = new Bins().of(memory.map(0, PAGE, 2000), memory.bytes, 50);
  const live = new Set(bins.flatMap((bin) => (bin?.use === 'live' ? [memory.owners[bin.owner]?.label] : [])));
  expect(live.size).toBe(13);
});

law.prop([fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 8, max: 23 })])('every bin has content', (count, zoom) => {
  const memory = new FakeMemory();
  const bins = new Bins().of(memory.map(0, 2 ** Math.max(zoom, 16), 65_536), memory.bytes, count);
  expect(bins).toHaveLength(count);
  expect(bins).not.toContain(undefined);
});

test('bins without cells are empty', () => {
  const memory = new FakeMemory();
  expect(new Bins().of(memory.map(0, PAGE, 0), memory.bytes, 3)).toEqual([undefined, undefined, undefined]);
});

test('a bin that very many owners share has none of their colours', () => {
  const memory = new FakeMemory({ turns: 200 });
  const bins = new Bins().of(memory.map(0, PAGE, 2000), memory.bytes, 50);
  expect(bins.map((bin) => bin?.owner)).toEqual(Array.from({ length: 50 }, () => MANY));
});

law.prop([fc.integer({ min: 1, max: 60 }), fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 })], {
  numRuns: 20,
})('an overview that arrives in parts has the same bins as a whole one', (count, lengths) => {
  const memory = new FakeMemory({ turns: 20 });
  const bins = new Bins();
  let from = 0;
  let joined: MapResult | undefined;
  for (const cells of lengths) {
    joined = joinMaps(joined, structuredClone(memory.map(from, PAGE, cells)));
    expect(bins.of(joined, memory.bytes, count)).toEqual(new Bins().of(joined, memory.bytes, count));
    from = coverage(joined).end;
  }
  const other = memory.map(0, PAGE, 1);
  expect(bins.of(other, memory.bytes, count)).toEqual(new Bins().of(other, memory.bytes, count));
});
