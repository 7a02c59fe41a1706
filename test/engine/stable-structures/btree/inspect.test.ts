import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/budget.ts';
import { FINDINGS } from '../../../../engine/findings.ts';
import { BytesMemory } from '../../../../engine/memory/bytes-memory.ts';
import { at } from '../../../../engine/memory/memory.ts';
import { openBTree } from '../../../../engine/stable-structures/btree/inspect.ts';
import { fullNodeSize } from '../../../../engine/stable-structures/btree/layout.ts';
import { BTreeMap } from '../../../../engine/stable-structures/btree/operate.ts';
import { fixtureNames, image, sidecar } from '../../../fixtures.ts';
import type { Sidecar } from '../sidecar.ts';
import { allElements, digestOf, expectItems, expectTiled, findingsOf, memoryOf } from '../structures.ts';
import { buildTree } from './build.ts';

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
  test('has its keys’ size', () => {
    const bound = expected.key?.bound;
    expect(opened.facts['keySize']).toBe(bound?.kind === 'bounded' && bound.fixed ? bound.max_size : 'variable');
  });
  test('has the entries that the library iterates', () => {
    expect(digestOf(allElements(opened), ({ key, value }) => [key, value])).toBe(expected.entries?.digest);
    expectItems(opened, expected.entries?.items ?? []);
  });
  test('has the figures of an independent reader', () => {
    const { physical } = expected;
    const { facts, cutShort } = opened.survey(() => {}, new Budget());
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
  test('every byte has a fate', () => expectTiled(opened));
  test('has no findings but leaks', () => {
    const findings = findingsOf((report) => openBTree(memory, report)?.survey(report, new Budget()));
    expect(findings.map((finding) => finding.code)).toEqual(name === 'leak-v063-overflow' ? ['btree.chunk-leaked'] : []);
    expect(findings.every((finding) => FINDINGS[finding.code].severity !== 'error')).toBe(true);
  });
});

test('an empty map whose pages are longer than its memory is sound', () => {
  const memory = new BytesMemory();
  BTreeMap.init(memory, { key: { bound: { max: 10, fixed: false } }, value: { bound: { max: 2_000_000, fixed: false } } });
  expect(memory.pages).toBe(1);
  const opened = openBTree(memory, () => {});
  expect([opened?.length, opened?.facts['pageSize']]).toEqual([0n, 16_500_225]);
  expect(findingsOf((report) => openBTree(memory, report)?.survey(report, new Budget()))).toEqual([]);
});

test('a bound in the header of version 1 tells the size of the only key', () => {
  const memory = new BytesMemory();
  const types = { key: { bound: { max: 1, fixed: true } }, value: { bound: { max: 0, fixed: false } } };
  BTreeMap.new(memory, { ...types, pageSize: fullNodeSize(1, 0) }).insert(Uint8Array.of(0x3f), new Uint8Array());
  memory.write(at(0, 3), Uint8Array.of(1, 1, 0, 0, 0, 0, 0, 0, 0));
  const opened = openBTree(memory, () => {});
  if (!opened) throw new Error('It does not open.');
  expect(findingsOf((report) => opened.survey(report, new Budget()))).toEqual([]);
  expect([...allElements(opened)].map(({ key }) => key)).toMatchObject([{ size: 1 }]);
});

describe('members of a key may each have an order of their own', () => {
  /** A `u32` little-endian and an `i32` big-endian; two of the first stand there twice. */
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
    return findingsOf((report) => openBTree(memory, report)?.survey(report, new Budget())).map(({ code }) => code);
  };
  test('a number little-endian, then a signed one', () => {
    expect(codesOf(keys((turn) => (turn === 0 ? -5 : 5)))).toEqual([]);
  });
  test('a number little-endian, then one of which the greater is first', () => {
    expect(codesOf(keys((turn) => (turn === 0 ? 500 : 9)))).toEqual([]);
  });
  test('a single key that stands out is damage', () => {
    const sorted = [...keys((turn) => (turn === 0 ? -5 : 5))];
    const [moved] = sorted.splice(90, 1);
    if (moved) sorted.splice(20, 0, moved);
    expect(codesOf(sorted)).toContain('btree.keys-unsorted');
  });
});
