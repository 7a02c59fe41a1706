import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { at, byteLength } from '../../../../engine/core/memory/memory.ts';
import { readStored } from '../../../../engine/core/structure.ts';
import type { MemoryBTreeView } from '../../../../engine/motoko/memory-btree/inspect.ts';
import { MemoryBTree } from '../../../../engine/motoko/memory-btree/operate.ts';
import { blobifyTexts, TEXT } from '../../../../engine/motoko/memory-buffer/blobify.ts';
import { compareBytes } from '../../../../engine/values/codec.ts';
import { codecOf } from '../../../../engine/values/codecs.ts';
import { regionsUnder } from './calls.ts';
import { found, ROLES, regionsOf, TREES } from './trees.ts';

const u64 = codecOf('u64-be');
if (!u64) throw new Error('There is no codec for big-endian numbers.');
const KEY = blobifyTexts(u64);

function viewOf(tree: MemoryBTree<string, string>): MemoryBTreeView {
  const regions = ROLES.map((role) => Object.assign(tree.regions[role].memory, { id: tree.regions[role].id }));
  const [view] = found(regions).views;
  if (!view) throw new Error('There is no tree.');
  return view;
}

law.prop(
  [
    fc.constantFrom<0 | 1>(0, 1),
    fc.array(fc.nat({ max: 400 }), { minLength: 1, maxLength: 250, size: 'max' }),
    fc.array(fc.nat({ max: 249 }), { maxLength: 80, size: 'max' }),
  ],
  { numRuns: 30 },
)('finds what the tree has, and where it would have the rest', (version, numbers, removed) => {
  const tree = new MemoryBTree(
    regionsUnder('max-value'),
    { key: KEY, value: TEXT, order: { blobs: compareBytes } },
    { capacity: 4, version },
  );
  for (const number of numbers) tree.insert(String(2 * number), `value ${number}`);
  for (const index of removed) if (tree.length > 1) tree.remove(String(2 * (numbers[index % numbers.length] ?? 0)));
  const view = viewOf(tree);
  for (const sought of numbers.flatMap((number) => [2 * number, 2 * number + 1])) {
    const { end, steps } = view.lookUp(KEY.toBlob(String(sought)), undefined, new Budget());
    expect(steps.flatMap(({ findings }) => findings)).toEqual([]);
    const value = tree.get(String(sought));
    if (value !== undefined) {
      expect(end.kind === 'found' && end.element.value ? TEXT.fromBlob(readStored(end.element.value)) : end).toBe(value);
      continue;
    }
    const seen = end.kind === 'absent' ? [end.before, end.after].map((one) => one && KEY.fromBlob(readStored(one))) : end;
    expect(seen).toEqual([tree.floor(String(sought))?.[0], tree.ceiling(String(sought))?.[0]]);
  }
});

test.each(TREES.filter(({ count, name }) => count > 0 && name !== 'unordered').map(({ name }) => name))(
  '%s: each key of a real tree is found by its path',
  (name) => {
    const regions = regionsOf(name);
    const [view] = found(Object.values(regions)).views;
    const elements = view?.elements(0, 1e6, new Budget()) ?? [];
    expect(elements.length).toBeGreaterThan(0);
    for (const { key } of elements) {
      const end = key && view?.lookUp(readStored(key), undefined, new Budget()).end;
      expect(end?.kind === 'found' ? end.element.key?.spans : end).toEqual(key?.spans);
    }
  },
);

test('a tree in no known order says so', () => {
  const [view] = found(Object.values(regionsOf('unordered'))).views;
  expect(view?.lookUp(new Uint8Array(4), undefined, new Budget()).isOrderKnown).toBe(false);
});

test('a damaged child ends the path, with its finding', () => {
  const { name } = TREES.find(({ branches }) => branches > 0) ?? { name: '' };
  const intact = found(Object.values(regionsOf(name))).views[0];
  const [first] = intact?.elements(0, 1, new Budget()) ?? [];
  const key = first?.key ? readStored(first.key) : new Uint8Array();
  const pointer = intact?.lookUp(key, undefined, new Budget()).steps[0]?.child?.pointer;
  const regions = regionsOf(name);
  expect(byteLength(regions.branches)).toBeGreaterThan(pointer?.start ?? Number.POSITIVE_INFINITY);
  regions.branches.write(pointer?.start ?? at(0, 0), new Uint8Array(8).fill(7));
  const end = found(Object.values(regions)).views[0]?.lookUp(key, undefined, new Budget()).end;
  expect(end).toMatchObject({ kind: 'broken', finding: { code: 'memory-btree.node', at: pointer } });
});
