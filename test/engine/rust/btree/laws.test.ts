import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { at, PAGE_SIZE } from '../../../../engine/core/memory/memory.ts';
import { readStored } from '../../../../engine/core/structure.ts';
import { openBTree } from '../../../../engine/rust/btree/inspect.ts';
import { pageSizeFor } from '../../../../engine/rust/btree/layout.ts';
import { allElements, expectTiled, findingsOf } from '../structures.ts';
import { buildTree, type Entry, type TreePlan } from './build.ts';

type Order = (a: Uint8Array, b: Uint8Array) => number;

const byBytes: Order = (a, b) => Buffer.compare(a, b);
const ORDERS = {
  bytes: byBytes,
  'length, then bytes': (a, b) => a.length - b.length || byBytes(a, b),
  'bytes, reversed': (a, b) => byBytes(b, a),
} as const satisfies Record<string, Order>;

/** Entries in some order and key form, enough of them to infer the form. */
const plan: fc.Arbitrary<TreePlan> = fc
  .record({
    form: fc.constantFrom<number | 'variable'>(1, 2, 4, 8, 16, 29, 32, 'variable'),
    order: fc.constantFrom(...Object.values(ORDERS)),
    bounded: fc.boolean(),
    most: fc.integer({ min: 1, max: 400 }),
  })
  .chain(({ form, order, bounded, most }) => {
    const key = form === 'variable' ? fc.uint8Array({ maxLength: 40 }) : fc.uint8Array({ minLength: form, maxLength: form });
    const value = fc.uint8Array({ minLength: 1, maxLength: most, size: 'max' });
    const unique = fc.uniqueArray(key, {
      minLength: 20,
      maxLength: 150,
      size: 'max',
      selector: (one) => Buffer.from(one).toString('hex'),
    });
    return unique.chain((keys) =>
      fc.array(value, { minLength: keys.length, maxLength: keys.length }).map((values): TreePlan => {
        const entries = [...keys].sort(order).map((one, index): Entry => [one, values[index] ?? new Uint8Array()]);
        return { entries, form, pageSize: bounded ? pageSizeFor(form === 'variable' ? 40 : form, most) : 1024 };
      }),
    );
  });

law.prop([plan], { numRuns: 60 })(
  'an intact tree has its entries, its key size, and no findings',
  ({ entries, form, pageSize }) => {
    const memory = buildTree({ entries, form, pageSize });
    const findings = findingsOf((report) => openBTree(memory, report)?.scan(report, new Budget()));
    expect(findings).toEqual([]);
    const opened = openBTree(memory, () => {});
    if (!opened) throw new Error('It does not open.');
    expectTiled(opened);
    expect([opened.kind, opened.facts['keySize']]).toEqual(['btreemap', form]);
    const seen = allElements(opened).map(({ key, value }) => [key && readStored(key), value && readStored(value)]);
    expect(seen).toEqual(entries);
  },
);

law.prop([plan, fc.nat(), fc.nat({ max: 30 })], { numRuns: 40 })(
  'any range equals that of the full list',
  (tree, start, limit) => {
    const opened = openBTree(buildTree(tree), () => {});
    const from = start % (tree.entries.length + 3);
    const seen = opened?.elements(from, limit, new Budget()).map(({ index, key }) => [index, key && readStored(key)]);
    expect(seen).toEqual(tree.entries.slice(from, from + limit).map(([key], index) => [from + index, key]));
  },
);

law.prop([plan, fc.integer({ min: 1, max: 30 })], { numRuns: 30 })(
  'an index that small budgets build piece by piece is whole',
  (tree, steps) => {
    const opened = openBTree(buildTree(tree), () => {});
    let calls = 0;
    while (opened && opened.count(new Budget({ steps })) < tree.entries.length && calls < 1000) calls += 1;
    expect(opened?.count(new Budget())).toBe(tree.entries.length);
  },
);

law.prop([plan, fc.nat()], { numRuns: 30 })('every byte of a key or value is owned by it', (tree, pick) => {
  const memory = buildTree(tree);
  const opened = openBTree(memory, () => {});
  const elements = opened?.elements(pick % tree.entries.length, 1, new Budget()) ?? [];
  for (const { key, value } of elements) {
    for (const [run, name] of [
      [key, 'key'],
      [value, 'value'],
    ] as const) {
      for (const span of run?.spans ?? []) {
        if (span.length === 0) continue;
        const owners = opened?.owners(memory, at(span.start, span.length - 1), new Budget()) ?? [];
        expect(owners.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['chunk', 'node', 'entry', 'field']));
        expect(owners.at(-1)?.name).toMatch(new RegExp(`^${name} \\d+$`));
      }
    }
  }
});

/** Returns the findings for a tree of small numbers with keys i and j swapped. */
function swapped(count: number, i: number, j: number, order: Order): readonly string[] {
  const keys = Array.from({ length: count }, (_, index) => {
    const key = new Uint8Array(8);
    new DataView(key.buffer).setBigUint64(0, BigInt(7 * index));
    return key;
  }).sort(order);
  const [a, b] = [keys[i], keys[j]];
  if (a && b) [keys[i], keys[j]] = [b, a];
  const entries = keys.map((key): Entry => [key, Uint8Array.of(1, 2, 3)]);
  const memory = buildTree({ entries, form: 8, pageSize: 1024 });
  return findingsOf((report) => openBTree(memory, report)?.scan(report, new Budget())).map(({ code }) => code);
}

test.each([
  [0, 1],
  [7, 8],
  [8, 9],
  [100, 200],
])('swapped keys %d and %d are reported, whether the others ascend or descend', (i, j) => {
  for (const order of [byBytes, ORDERS['bytes, reversed']])
    expect(new Set(swapped(400, i, j, order))).toEqual(new Set(['btree.keys-unsorted']));
});
test('an order that only the program knows produces no finding', () => {
  expect(swapped(400, 0, 0, (a, b) => ((a[7] ?? 0) % 16) - ((b[7] ?? 0) % 16) || byBytes(a, b))).toEqual([]);
});

test('a map after clear_new has its old chunks free', () => {
  const entries = Array.from({ length: 100 }, (_, index): Entry => [Uint8Array.of(index), new Uint8Array(100)]);
  const memory = buildTree({ entries, form: 1, pageSize: 1024 });
  memory.write(at(0, 12), new Uint8Array(16));
  memory.write(at(0, 68), new Uint8Array(8));
  memory.write(at(0, 76), Uint8Array.of(100, 0, 0, 0, 0, 0, 0, 0));
  memory.write(at(0, 104), Uint8Array.of(0));
  const opened = openBTree(memory, () => {});
  const findings = findingsOf((report) => opened?.scan(report, new Budget()));
  expect(findings.map(({ code }) => code)).toEqual(['btree.stale-chunks']);
  const scan = opened?.scan(() => {}, new Budget());
  expect(scan?.usage).toEqual({ metadata: 100, live: 0, free: memory.pages * PAGE_SIZE - 100, leaked: 0, unknown: 0 });
  expect(scan?.facts['staleChunks']).toBeGreaterThan(10);
});
