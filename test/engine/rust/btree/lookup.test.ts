import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, viewOf, writeGrowing } from '../../../../engine/core/memory/memory.ts';
import { type Lookup, type NamedOrder, readStored, type Structure } from '../../../../engine/core/structure.ts';
import { openBTree } from '../../../../engine/rust/btree/inspect.ts';
import { ROOT_AT } from '../../../../engine/rust/btree/layout.ts';
import { rustSearch } from '../../../../engine/rust/btree/lookup.ts';
import { BTreeMap } from '../../../../engine/rust/btree/operate.ts';
import { compareBytes } from '../../../../engine/values/codec.ts';

const ORDERS: readonly NamedOrder[] = [
  { name: 'bytes', compare: compareBytes },
  { name: 'the other way round', compare: (a, b) => compareBytes(b, a) },
  { name: 'length, then bytes', compare: (a, b) => a.length - b.length || compareBytes(a, b) },
];

function opened(memory: BytesMemory): Structure {
  const structure = openBTree(memory, () => {});
  if (!structure) throw new Error('There is no map.');
  return structure;
}

function lookUp(structure: Structure, key: Uint8Array, order?: NamedOrder, budget = new Budget()): Lookup {
  const lookup = structure.lookUp?.(key, order, budget);
  if (!lookup) throw new Error('It has no keys.');
  return lookup;
}

const key = (variable: boolean): fc.Arbitrary<Uint8Array> =>
  variable ? fc.uint8Array({ minLength: 1, maxLength: 12 }) : fc.uint8Array({ minLength: 4, maxLength: 4 });

const plan = fc.record({ variable: fc.boolean(), order: fc.constantFrom(...ORDERS), long: fc.boolean() }).chain((types) =>
  fc.record({
    types: fc.constant(types),
    inserted: fc.uniqueArray(key(types.variable), { minLength: 60, maxLength: 300, size: 'max', selector: String }),
    removed: fc.array(fc.nat({ max: 299 }), { maxLength: 40, size: 'max' }),
    others: fc.array(key(types.variable), { maxLength: 30 }),
  }),
);

law.prop([plan], { numRuns: 60 })(
  'finds what the map has, and where it would have the rest',
  ({ types, inserted, removed, others }) => {
    const { variable, order, long } = types;
    const memory = new BytesMemory();
    const bound = variable ? undefined : { max: 4, fixed: true };
    const map = BTreeMap.init(memory, { key: { ...(bound && { bound }), compare: order.compare }, value: {} });
    for (const one of inserted) map.insert(one, new Uint8Array(long ? 900 : 3).fill(1 + (one[0] ?? 0) / 2));
    for (const index of removed) map.remove(inserted[index % inserted.length] ?? new Uint8Array());
    const structure = opened(memory);
    for (const sought of [...inserted, ...others]) {
      const { end, steps } = lookUp(structure, sought, order);
      expect(steps.flatMap(({ findings }) => findings)).toEqual([]);
      const value = map.get(sought);
      if (value !== undefined) {
        expect(end.kind === 'found' && end.element.value ? readStored(end.element.value) : end).toEqual(value);
        continue;
      }
      const [after] = map.entries({ above: sought });
      const [before] = map.entriesBackward({ below: sought });
      const seen = end.kind === 'absent' ? [end.before, end.after].map((one) => one && readStored(one)) : end;
      expect(seen).toEqual([before?.[0], after?.[0]]);
    }
  },
);

test('the comparisons are those of Rust’s binary search, in its order', () => {
  // The elements that `binary_search_by_key` of Rust 1.95 reads of 11, recorded by its closure.
  const compared = (sought: number): readonly number[] => {
    const seen: number[] = [];
    rustSearch(11, (index) => {
      seen.push(index);
      return sought - 2 * index;
    });
    return seen;
  };
  expect(compared(0)).toEqual([5, 3, 1, 1, 0]);
  expect(compared(10)).toEqual([5, 8, 6, 6, 5]);
  expect(compared(21)).toEqual([5, 8, 9, 10, 10]);
});

describe('damage', () => {
  const memory = (): BytesMemory => {
    const made = new BytesMemory();
    const map = BTreeMap.init(made, { key: { bound: { max: 2, fixed: true } }, value: {} });
    for (let number = 0; number < 200; number += 1) map.insert(Uint8Array.of(number >> 4, number & 15), Uint8Array.of(number));
    return made;
  };
  const put = (damaged: BytesMemory, address: number, value: number): void => {
    const bytes = new Uint8Array(8);
    viewOf(bytes).setBigUint64(0, BigInt(value), true);
    writeGrowing(damaged, at(0, address), bytes);
  };
  const sought = Uint8Array.of(6, 6);
  const whole = lookUp(opened(memory()), sought);
  const [root, second] = whole.steps;

  test('there is a path to break', () => {
    expect([whole.end.kind, whole.steps.length > 1]).toEqual(['found', true]);
  });

  test.each([
    ['outside of the memory', 2 ** 40, 'btree.address-outside'],
    ['between two chunks', 1_000, 'btree.not-a-chunk'],
    ['above itself', root?.at.start ?? 0, 'btree.node-reached-twice'],
  ])('a child %s ends the path, with its finding', (_, target, code) => {
    const damaged = memory();
    put(damaged, root?.child?.pointer.start ?? 0, target);
    const { end, steps } = lookUp(opened(damaged), sought);
    expect(steps).toHaveLength(1);
    expect(end).toMatchObject({ kind: 'broken', finding: { code, at: root?.child?.pointer } });
  });

  test('a node whose magic is gone is reported, and the path goes on', () => {
    const damaged = memory();
    writeGrowing(damaged, second?.at.start ?? at(0, 0), new TextEncoder().encode('BAD'));
    const { end, steps } = lookUp(opened(damaged), sought);
    expect(end.kind).toBe('found');
    expect(steps[1]?.findings).toMatchObject([{ code: 'btree.node-bad-magic' }]);
  });

  test('a node of an impossible type ends the path', () => {
    const damaged = memory();
    writeGrowing(damaged, at(second?.at.start ?? at(0, 0), 4), Uint8Array.of(9));
    const { end } = lookUp(opened(damaged), sought);
    expect(end).toMatchObject({ kind: 'broken', finding: { code: 'btree.node-bad-type' } });
  });

  test('an empty map has no keys around the one that is looked for', () => {
    const damaged = memory();
    put(damaged, ROOT_AT, 0);
    expect(lookUp(opened(damaged), sought)).toMatchObject({ steps: [], end: { kind: 'absent', before: undefined } });
  });

  test('a budget cuts the path short', () => {
    expect(lookUp(opened(memory()), sought, undefined, new Budget({ steps: 1 })).end.kind).toBe('cut');
  });
});
