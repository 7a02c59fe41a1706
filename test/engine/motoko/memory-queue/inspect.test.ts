import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import type { Finding } from '../../../../engine/core/findings.ts';
import { at, byteLength, holds, PAGE_SIZE, type ReadableMemory } from '../../../../engine/core/memory/memory.ts';
import { readStored } from '../../../../engine/core/structure.ts';
import { type MemoryQueueView, openMemoryQueue } from '../../../../engine/motoko/memory-queue/inspect.ts';
import { inspectRegionManager } from '../../../../engine/motoko/regions/inspect.ts';
import { sidecar } from '../../../fixtures.ts';
import { imageOnce, line, memoryOf, type Patch } from '../patched.ts';

interface Sidecar {
  readonly expect: {
    readonly queue: {
      readonly region: number;
      readonly count: number;
      readonly size: number;
      readonly free: readonly (readonly [address: number, size: number])[];
      readonly values: readonly string[];
    };
  };
}

function opened(memory: ReadableMemory): { readonly view: MemoryQueueView | undefined; readonly findings: Finding[] } {
  const findings: Finding[] = [];
  return { view: openMemoryQueue(memory, (finding) => findings.push(finding)), findings };
}

function scanned(view: MemoryQueueView, budget = new Budget()) {
  const findings: Finding[] = [];
  return { scan: view.scan((finding) => findings.push(finding), budget), findings };
}

const texts = (view: MemoryQueueView, from: number, limit: number) =>
  view.elements(from, limit, new Budget()).map(({ value }) => (value ? new TextDecoder().decode(readStored(value)) : undefined));

describe('the fixture', () => {
  const expected = sidecar<Sidecar>('memory-btree-order256').expect.queue;
  const region = inspectRegionManager(imageOnce('memory-btree-order256'), () => {})?.region(expected.region);
  const view = region && opened(region).view;
  if (!region || !view) throw new Error('The fixture has no queue.');

  test('its values, in order', () => {
    expect([view.length, view.count(new Budget())]).toEqual([BigInt(expected.count), expected.count]);
    expect(texts(view, 0, 10_000)).toEqual(expected.values);
    expect(texts(view, 290, 100)).toEqual(expected.values.slice(290));
    expect(texts(view, 300, 1)).toEqual([]);
  });

  test('its free blocks, as on the heap of the library', () => {
    const free = view.freeList(0, 1000, new Budget()).map(({ start, length }) => [start, length]);
    expect(free).toEqual(expected.free);
    expect(view.freeCount(new Budget())).toBe(expected.free.length);
  });

  test('it is sound, and every byte has one use', () => {
    const { scan, findings } = scanned(view);
    expect(findings).toEqual([]);
    const free = expected.free.reduce((sum, [, size]) => sum + size, 0);
    expect(scan.usage).toEqual({
      metadata: 64,
      live: expected.size - free - 64,
      free: PAGE_SIZE - expected.size + free,
      leaked: 0,
      unknown: 0,
    });
    expect(scan.facts).toEqual({ freeBlocks: 1, freeBlocksInferred: true, highestEnd: expected.size });
  });

  test('each byte has its owners', () => {
    const kindsAt = (address: number) => view.owners(region, at(0, address), new Budget()).map(({ kind, name }) => name ?? kind);
    expect(kindsAt(13)).toEqual(['header', 'head']);
    expect(kindsAt(63)).toEqual(['header', 'unused']);
    expect(kindsAt(64)).toEqual(['free-block']);
    expect(kindsAt(6679)).toEqual(['0', 'next']);
    expect(kindsAt(6679 + 8)).toEqual(['0', 'size']);
    expect(kindsAt(6679 + 12)).toEqual(['0', 'value']);
    expect(kindsAt(expected.size - 1)).toEqual(['299', 'value']);
    expect(kindsAt(expected.size)).toEqual(['unused']);
  });

  test('a scan without budget reports it, and has no facts', () => {
    const again = opened(region).view;
    if (!again) throw new Error('The queue is gone.');
    const { scan } = scanned(again, new Budget({ steps: 100 }));
    expect(scan.cutShort).toBeDefined();
    expect(scan.usage).toMatchObject({ live: 0, unknown: PAGE_SIZE - 64 });
    expect(again.elements(0, 50, new Budget({ steps: 10 })).length).toBeLessThan(50);
  });
});

const [FIRST, SECOND, THIRD] = [64, 80, 92];

/** Returns one page with a queue of three values, of four, zero and eight bytes. */
function small(patch: Patch = {}): ReadableMemory {
  return memoryOf(1, {
    0: [0x4d, 0x51, 0x55, 0, 3, 0, 0, 0, 0, 0, 0, 0, FIRST],
    20: [THIRD],
    [FIRST]: [SECOND, 0, 0, 0, 0, 0, 0, 0, 4],
    [SECOND]: [THIRD],
    [THIRD + 8]: [8],
    ...patch,
  });
}

/** Tests all findings of opening and of the scan. */
function check(title: string, patch: Patch, expected: readonly string[]) {
  test(title, () => {
    const { view, findings } = opened(small(patch));
    expect([...findings, ...(view ? scanned(view).findings : [])].map(line)).toEqual(expected);
  });
}

check('a sound queue', {}, []);
check('an empty queue', { 4: [0], 12: [0], 20: [0] }, []);
check('another layout version', { 3: [2] }, ['queue.bad-version @3+1']);
check('a count too high', { 4: [4] }, ['queue.count @4+16']);
check('a count too low', { 4: [2] }, ['queue.count @4+16']);
check('a head further on', { 12: [SECOND] }, ['queue.count @4+16']);
check('a lost head', { 12: [0] }, ['queue.pointer @12+8', 'queue.count @4+16']);
check('a head outside', { 14: [1] }, ['queue.pointer @12+8']);
check('a head in the header', { 12: [20] }, ['queue.pointer @12+8']);
check('another tail', { 20: [SECOND] }, ['queue.pointer @20+8']);
check('a broken link', { [SECOND]: [0] }, ['queue.pointer @80+8', 'queue.count @4+16']);
check('a link outside', { [SECOND + 7]: [1] }, ['queue.pointer @80+8']);
check('a link back', { [THIRD]: [FIRST] }, ['queue.cycle @92+8']);
check('a node that follows itself', { [SECOND]: [SECOND] }, ['queue.cycle @80+8']);
check('a value that ends outside', { [THIRD + 10]: [1] }, ['queue.pointer @100+4']);
check('two nodes in one place', { [FIRST + 8]: [10] }, ['queue.overlap @64+12']);

test('other bytes are not a queue', () => {
  expect(opened(memoryOf(0, {}))).toEqual({ view: undefined, findings: [] });
  expect(opened(memoryOf(1, { 0: [0x4d, 0x51, 0x56] }))).toEqual({ view: undefined, findings: [] });
});

const damage = fc.dictionary(
  fc.nat({ max: 120 }).map(String),
  fc.array(fc.oneof(fc.constantFrom(FIRST, SECOND, THIRD, 0), fc.nat({ max: 255 })), { minLength: 1, maxLength: 8 }),
  { maxKeys: 5 },
);
law.prop([damage], { numRuns: 500 })('any damage is reported or survived, and every byte keeps one use', (patch) => {
  const memory = small(patch);
  const { view } = opened(memory);
  if (!view) return;
  const { scan, findings } = scanned(view, new Budget({ steps: 100_000 }));
  expect(scan.cutShort).toBeUndefined();
  const usage = Object.values(scan.usage);
  expect(usage.reduce((all, bytes) => all + bytes, 0)).toBe(byteLength(memory));
  expect(Math.min(...usage)).toBeGreaterThanOrEqual(0);
  for (const { at: span } of findings) expect(holds(memory, span.start, span.length)).toBe(true);
  for (const { value } of view.elements(0, 10_000, new Budget())) if (value) readStored(value);
  for (let address = 0; address < 200; address++) {
    expect(view.owners(memory, at(0, address), new Budget()).length).toBeGreaterThan(0);
  }
});
