import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { FINDINGS } from '../../../../engine/core/findings.ts';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, type ReadableMemory, readBytes } from '../../../../engine/core/memory/memory.ts';
import { openBTree } from '../../../../engine/rust/btree/inspect.ts';
import { fullNodeSize, pageSizeFor } from '../../../../engine/rust/btree/layout.ts';
import { BTreeMap } from '../../../../engine/rust/btree/operate.ts';
import { fixtureNames, image, sidecar } from '../../../fixtures.ts';
import type { Sidecar } from '../sidecar.ts';
import { allElements, digestOf, expectItems, expectTiled, findingsOf, memoryOf } from '../structures.ts';
import { buildTree, type Entry } from './build.ts';

const TREES = fixtureNames('stable-structures')
  .filter((name) => name !== 'mm-v2draft-pr236')
  .flatMap((name) =>
    sidecar<Sidecar>(name)
      .structures.filter(({ kind }) => kind === 'btreemap' || kind === 'btreeset')
      .map((structure, index) => ({ name, index, structure })),
  );

describe.each(TREES)('$name $index', ({ name, structure: expected }) => {
  const memory = memoryOf(image(name), expected.at);
  const opened = openBTree(memory, () => {});
  if (!opened) throw new Error('It does not open.');

  test('is what the library wrote', () => {
    expect([opened.kind, opened.length, opened.count(new Budget())]).toEqual([expected.kind, BigInt(expected.len), expected.len]);
  });
  test('has the size of its keys', () => {
    const bound = expected.key?.bound;
    expect(opened.facts['keySize']).toBe(bound?.kind === 'bounded' && bound.fixed ? bound.max_size : 'variable');
  });
  test('has the entries that the library iterates', () => {
    expect(digestOf(allElements(opened), ({ key, value }) => [key, value])).toBe(expected.entries?.digest);
    expectItems(opened, expected.entries?.items ?? []);
  });
  test('has the figures of an independent reader', () => {
    const { physical } = expected;
    const { facts, cutShort } = opened.scan(() => {}, new Budget());
    expect({ ...opened.facts, ...facts, cutShort }).toMatchObject({
      version: physical?.['version'],
      pageSize: physical?.['page_size'],
      allocatedChunks: physical?.['allocated_chunks'],
      freeChunks: physical?.['free_list'],
      nodes: physical?.['nodes'],
      leaves: physical?.['leaves'],
      internal: physical?.['internal'],
      overflowPages: physical?.['overflow_pages'],
      depth: physical?.['depth'],
      cutShort: undefined,
    });
    expect(opened.freeCount(new Budget())).toBe(physical?.['free_list']);
    expect(opened.freeList(0, 10, new Budget()).map((span) => span.start)).toEqual(physical?.['free_list_first10']);
  });
  test('every byte has a use', () => expectTiled(opened));
  test('has no findings but leaks', () => {
    const findings = findingsOf((report) => openBTree(memory, report)?.scan(report, new Budget()));
    expect(findings.map((finding) => finding.code)).toEqual(name === 'leak-v063-overflow' ? ['btree.chunk-leaked'] : []);
    expect(findings.every((finding) => FINDINGS[finding.code].severity !== 'error')).toBe(true);
  });
});

test('an empty map whose pages are longer than its memory is intact', () => {
  const memory = new BytesMemory();
  BTreeMap.init(memory, { key: { bound: { max: 10, fixed: false } }, value: { bound: { max: 2_000_000, fixed: false } } });
  expect(memory.pages).toBe(1);
  const opened = openBTree(memory, () => {});
  expect([opened?.length, opened?.facts['pageSize']]).toEqual([0n, 16_500_225]);
  expect(findingsOf((report) => openBTree(memory, report)?.scan(report, new Budget()))).toEqual([]);
});

test('a bound in the header of version 1 determines the size of the only key', () => {
  const memory = new BytesMemory();
  const types = { key: { bound: { max: 1, fixed: true } }, value: { bound: { max: 0, fixed: false } } };
  BTreeMap.new(memory, { ...types, pageSize: fullNodeSize(1, 0) }).insert(Uint8Array.of(0x3f), new Uint8Array());
  memory.write(at(0, 3), Uint8Array.of(1, 1, 0, 0, 0, 0, 0, 0, 0));
  const opened = openBTree(memory, () => {});
  if (!opened) throw new Error('It does not open.');
  expect(findingsOf((report) => opened.scan(report, new Budget()))).toEqual([]);
  expect([...allElements(opened)].map(({ key }) => key)).toMatchObject([{ size: 1 }]);
});

describe('each member of a key may have its own order', () => {
  /** A little-endian `u32` and a big-endian `i32`; two of the former appear twice. */
  const COUNT = 140;
  const keys = (second: (turn: number) => number): readonly Uint8Array[] =>
    Array.from({ length: COUNT }, (_, index) => {
      const key = new Uint8Array(8);
      const view = new DataView(key.buffer);
      const pair = index < 4 ? Math.floor(index / 2) : index;
      view.setUint32(0, 1000 + 777 * pair, true);
      view.setInt32(4, second(index % 2));
      return key;
    }).sort((a, b) => {
      const [x, y] = [new DataView(a.buffer), new DataView(b.buffer)];
      return x.getUint32(0, true) - y.getUint32(0, true) || 0;
    });
  const codesOf = (sorted: readonly Uint8Array[]): readonly string[] => {
    const memory = buildTree({ entries: sorted.map((key) => [key, Uint8Array.of(1)]), form: 8, pageSize: 1024 });
    return findingsOf((report) => openBTree(memory, report)?.scan(report, new Budget())).map(({ code }) => code);
  };
  test('a little-endian number, then a signed one', () => {
    expect(codesOf(keys((turn) => (turn === 0 ? -5 : 5)))).toEqual([]);
  });
  test('a little-endian number, then one in descending order', () => {
    expect(codesOf(keys((turn) => (turn === 0 ? 500 : 9)))).toEqual([]);
  });
  test('a single key out of order is damage', () => {
    const sorted = [...keys((turn) => (turn === 0 ? -5 : 5))];
    const [moved] = sorted.splice(90, 1);
    if (moved) sorted.splice(20, 0, moved);
    expect(codesOf(sorted)).toContain('btree.keys-unsorted');
  });
});

describe('entries without values', () => {
  const kindOf = (keys: readonly string[]): string | undefined => {
    const entries = keys.map((key): Entry => [new TextEncoder().encode(key), new Uint8Array()]);
    return openBTree(buildTree({ entries, form: 'variable', pageSize: 1024 }), () => {})?.kind;
  };
  test('with a few texts may be a map or a set', () => {
    expect(kindOf(['config'])).toBe('btreemap');
    expect(kindOf(['config', 'users'])).toBe('btreemap');
  });
  test('with more texts are a set', () => expect(kindOf(['alice', 'bob', 'carol', 'dave'])).toBe('btreeset'));
});

test('a single key of four zeros is reported to look like an empty one', () => {
  const factsOf = (key: Uint8Array): unknown =>
    openBTree(buildTree({ entries: [[key, Uint8Array.of(7)]], form: 4, pageSize: 1024 }), () => {})?.facts;
  expect(factsOf(new Uint8Array(4))).toMatchObject({ keySize: 4, keySizeDoubt: 'an empty key would look the same' });
  expect(factsOf(Uint8Array.of(9, 9, 9, 9))).not.toHaveProperty('keySizeDoubt');
});

test('in large pages the size of the keys is inferred from few reads', () => {
  const entries = Array.from({ length: 60 }, (_, index): Entry => {
    const key = new Uint8Array(300 + 7 * index).fill(index + 1);
    return [key, new Uint8Array(5)];
  });
  const built = buildTree({ entries, form: 'variable', pageSize: pageSizeFor(4000, 5) });
  let reads = 0;
  const memory: ReadableMemory = {
    pages: built.pages,
    read: (from, into) => {
      reads += 1;
      built.read(from, into);
    },
  };
  expect(openBTree(memory, () => {})?.facts['keySize']).toBe('variable');
  expect(reads).toBeLessThan(20_000);
});

test.each([
  [0, { max: 8, fixed: true }, { max: 8, fixed: true }],
  [1, { max: 32, fixed: false }, { max: 40, fixed: false }],
])('a map of version 1 in memory %i that a split gave one node of version 2, wherever that is, is sound', (id, key, value) => {
  const found = memoryOf(image('btreemap-v1-native'), { memory: id });
  const bytes = readBytes(found, at(0, 0), byteLength(found));
  const types = { key: { bound: key }, value: { bound: value } };
  const keys = [...BTreeMap.init(BytesMemory.of(bytes.slice()), types).entries()].map(([each]) => each);
  for (const [index, each] of keys.entries()) {
    if (index % 5 > 0) continue;
    const memory = BytesMemory.of(bytes.slice());
    const map = BTreeMap.init(memory, types);
    const start = each.slice(0, key.max - 1);
    for (let last = 0; last < 12; last++) map.insert(Uint8Array.of(...start, last), new Uint8Array(value.max));
    const findings = findingsOf((report) => openBTree(memory, report)?.scan(report, new Budget()));
    expect(findings).toEqual([]);
  }
});
