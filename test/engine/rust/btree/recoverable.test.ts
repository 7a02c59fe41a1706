import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import type { Finding } from '../../../../engine/core/findings.ts';
import { toHex } from '../../../../engine/core/format.ts';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, type ReadableMemory } from '../../../../engine/core/memory/memory.ts';
import { type Element, readStored, type Structure } from '../../../../engine/core/structure.ts';
import { openBTree } from '../../../../engine/rust/btree/inspect.ts';
import { BTreeMap, type BTreeTypes } from '../../../../engine/rust/btree/operate.ts';
import { image } from '../../../fixtures.ts';
import { virtualMemory } from '../structures.ts';

const UNBOUNDED: BTreeTypes = { key: {}, value: {} };
const FIXED: BTreeTypes = { key: { bound: { max: 8, fixed: true } }, value: { bound: { max: 40, fixed: false } } };

function key(index: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(index));
  return bytes;
}

const value = (index: number, size = 9): Uint8Array => new Uint8Array(size).fill(index % 251);

function filled(types: BTreeTypes, count: number, size = 9): { readonly memory: BytesMemory; readonly map: BTreeMap } {
  const memory = new BytesMemory();
  const map = BTreeMap.init(memory, types);
  for (let index = 0; index < count; index += 1) map.insert(key(index), value(index, size));
  return { memory, map };
}

function opened(memory: ReadableMemory): Structure {
  const tree = openBTree(memory, () => {});
  if (tree === undefined) throw new Error('No map is there.');
  return tree;
}

function recoverable(memory: ReadableMemory, from = 0, limit = Number.MAX_SAFE_INTEGER): readonly Element[] {
  return opened(memory).recoverable?.elements(from, limit, new Budget()) ?? [];
}

function pair({ key: own, value: its }: Element): string {
  return `${own === undefined ? '' : toHex(readStored(own))}=${its === undefined ? '' : toHex(readStored(its))}`;
}

const expected = (index: number, size = 9): string => `${toHex(key(index))}=${toHex(value(index, size))}`;

function findings(memory: ReadableMemory): readonly Finding[] {
  const found: Finding[] = [];
  openBTree(memory, (finding) => found.push(finding))?.scan((finding) => found.push(finding), new Budget());
  return found;
}

describe.each([
  ['keys of a fixed size', FIXED, 300, 9],
  ['keys and values without a bound', UNBOUNDED, 300, 9],
  ['values over several overflow pages', UNBOUNDED, 60, 2_500],
] as const)('a map with %s that was cleared', (_, types, count, size) => {
  const { memory, map } = filled(types, count, size);
  map.clear();
  const entries = recoverable(memory);

  test('returns every entry, with complete values', () => {
    const pairs = new Set(entries.map(pair));
    for (let index = 0; index < count; index += 1) expect(pairs).toContain(expected(index, size));
  });
  test('has the chunk of each entry, and the version of its node', () => {
    const tree = opened(memory);
    for (const { residual, key: run } of entries) {
      expect(['stale', 'freed']).toContain(residual?.origin);
      if (run === undefined) continue;
      expect(residual?.version).toBe(2);
      const owners = tree.owners(memory, run.spans[0]?.start ?? at(0, 0), new Budget());
      if (residual?.origin === 'stale' && run.spans.length === 1 && owners[2]?.kind === 'node') {
        expect(owners.map(({ kind }) => kind)).toEqual(['unused', 'stale-chunk', 'node', 'entry', 'field']);
        expect(owners[1]?.address).toBe(residual.chunk);
      }
    }
  });
  test('is reported with the remaining bytes', () => {
    const [finding, ...others] = findings(memory);
    expect([finding?.code, others]).toEqual(['btree.stale-chunks', []]);
    const first = entries.find(({ residual }) => residual?.origin === 'stale')?.residual?.chunk;
    expect(finding?.at.start).toBeLessThanOrEqual(first ?? 0);
    expect((finding?.at.start ?? 0) + (finding?.at.length ?? 0)).toBeLessThanOrEqual(byteLength(memory));
  });
  test('is listed the same in pages as at once', () => {
    const paged: Element[] = [];
    const { recoverable: source } = opened(memory);
    for (let from = 0; ; from += 7) {
      const page = source?.elements(from, 7, new Budget()) ?? [];
      paged.push(...page);
      if (page.length < 7) break;
    }
    expect(paged.map(pair)).toEqual(entries.map(pair));
    expect(paged.map(({ index }) => index)).toEqual(paged.map((__, index) => index));
    expect(source?.count(new Budget())).toBe(entries.length);
  });
});

test('overwritten entries are gone, the rest is still there', () => {
  const { memory, map } = filled(FIXED, 300);
  map.clear();
  for (let index = 1_000; index < 1_050; index += 1) map.insert(key(index), value(index));
  const pairs = recoverable(memory).map(pair);
  expect(pairs).not.toContain(expected(1_020));
  expect(pairs).toContain(expected(299));
  expect(pairs).not.toContain(expected(0));
  expect(opened(memory).elements(0, 100, new Budget()).map(pair)).toContain(expected(1_020));
});

test('a map that never lost anything has nothing to recover', () => {
  const { memory } = filled(FIXED, 5);
  expect(recoverable(memory)).toEqual([]);
  expect(findings(memory)).toEqual([]);
});

test('a removed entry is still in the chunk that was freed', () => {
  const { memory, map } = filled(FIXED, 1);
  map.remove(key(0));
  expect(recoverable(memory).map((element) => [pair(element), element.residual?.origin])).toEqual([[expected(0), 'freed']]);
});

test('chunks that release 0.6.3 has leaked are listed, with their pages of values', () => {
  const memory = virtualMemory(image('leak-v063-overflow'), 0);
  const entries = recoverable(memory);
  const scan = opened(memory).scan(() => {}, new Budget());
  const leaked = entries.filter(({ residual }) => residual?.origin === 'leaked');
  expect(leaked.length).toBeGreaterThan(0);
  expect(leaked.length).toBeLessThanOrEqual(Number(scan.facts['leakedChunks']));
  for (const element of leaked) expect(element.value?.size).toBeGreaterThan(0);
});

test('entries hidden by damage are listed as not reached', () => {
  const memory = virtualMemory(image('corrupt-btree-child-outside'), 0);
  const origins = new Set(recoverable(memory).map(({ residual }) => residual?.origin));
  expect(origins).toContain('unreached');
});

test('a budget ends the listing, and another one continues it', () => {
  const { memory, map } = filled(FIXED, 2_000);
  map.clear();
  const { recoverable: source } = opened(memory);
  let tries = 0;
  while ((source?.count(new Budget({ steps: 50 })) ?? 0) === 0 && tries < 1_000) tries += 1;
  expect(tries).toBeGreaterThan(1);
  expect(source?.count(new Budget())).toBe(recoverable(memory).length);
});

law.prop([fc.array(fc.record({ place: fc.nat({ max: 60_000 }), byte: fc.nat({ max: 255 }) }), { maxLength: 40 })], {
  numRuns: 60,
})('no damage makes listing fail', (changes) => {
  const { memory, map } = filled(UNBOUNDED, 40, 900);
  map.clear();
  map.insert(key(1), value(1));
  for (const { place, byte } of changes) memory.write(at(0, place), Uint8Array.of(byte));
  const tree = openBTree(memory, () => {});
  for (const element of tree?.recoverable?.elements(0, 1_000, new Budget({ steps: 100_000 })) ?? []) pair(element);
});
