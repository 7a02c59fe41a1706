import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import type { ReadableMemory } from '../../../../engine/core/memory/memory.ts';
import { readStored } from '../../../../engine/core/structure.ts';
import type { Compare } from '../../../../engine/key-order/orders.ts';
import type { KeyRange } from '../../../../engine/rust/btree/entry.ts';
import { openBTree } from '../../../../engine/rust/btree/inspect.ts';
import { BTreeMap, type BTreeTypes, type StoredType } from '../../../../engine/rust/btree/operate.ts';
import { KeyOrder } from '../../../../engine/rust/btree/write/key-order.ts';
import { compareBytes } from '../../../../engine/values/codec.ts';
import { sha256 } from '../sidecar.ts';
import { allElements, findingsOf } from '../structures.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const pairs = (entries: Iterable<readonly [Uint8Array, Uint8Array]>): readonly string[] =>
  [...entries].map(([key, value]) => `${hex(key)}: ${hex(value)}`);

/** A simple model of the expected behaviour of a map. */
class Model {
  readonly #entries = new Map<string, readonly [Uint8Array, Uint8Array]>();
  readonly #compare: Compare;

  constructor(compare: Compare = compareBytes) {
    this.#compare = compare;
  }

  get sorted(): (readonly [Uint8Array, Uint8Array])[] {
    return [...this.#entries.values()].sort(([a], [b]) => this.#compare(a, b));
  }
  get(key: Uint8Array): Uint8Array | undefined {
    return this.#entries.get(hex(key))?.[1];
  }
  insert(key: Uint8Array, value: Uint8Array): Uint8Array | undefined {
    const old = this.get(key);
    this.#entries.set(hex(key), [key, value]);
    return old;
  }
  remove(key: Uint8Array | undefined): Uint8Array | undefined {
    const old = key && this.get(key);
    if (key) this.#entries.delete(hex(key));
    return old;
  }
  within({ atLeast, above, atMost, below }: KeyRange): (readonly [Uint8Array, Uint8Array])[] {
    return this.sorted.filter(
      ([key]) =>
        (!atLeast || this.#compare(key, atLeast) >= 0) &&
        (!above || this.#compare(key, above) > 0) &&
        (!atMost || this.#compare(key, atMost) <= 0) &&
        (!below || this.#compare(key, below) < 0),
    );
  }
}

function expectSound(memory: ReadableMemory, entries: readonly (readonly [Uint8Array, Uint8Array])[]): void {
  const findings = findingsOf((report) => openBTree(memory, report)?.scan(report, new Budget()));
  expect(findings.map((finding) => finding.message)).toEqual([]);
  const opened = openBTree(memory, () => {});
  if (!opened) throw new Error('No map is seen here.');
  expect(opened.length).toBe(BigInt(entries.length));
  const seen = allElements(opened).map(({ key, value }) => [key, value].map((run) => (run ? readStored(run) : new Uint8Array())));
  expect(seen.map(([key, value]) => `${hex(key ?? new Uint8Array())}: ${hex(value ?? new Uint8Array())}`)).toEqual(
    pairs(entries),
  );
}

const bounded = (max: number, fixed: boolean): StoredType => ({ bound: { max, fixed } });
const byLength: Compare = (a, b) => a.length - b.length || compareBytes(a, b);
const backwards: Compare = (a, b) => compareBytes(b, a);

interface Case {
  readonly name: string;
  readonly types: BTreeTypes;
  readonly key: fc.Arbitrary<Uint8Array>;
  readonly value: fc.Arbitrary<Uint8Array>;
}

/** Few different keys, so that many repeat. */
const key = (length: number, spread: number): fc.Arbitrary<Uint8Array> =>
  fc.nat({ max: spread }).map((number) => {
    const bytes = new Uint8Array(length);
    new DataView(bytes.buffer).setUint16(0, number * 7);
    return bytes;
  });
const value = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength, size: 'max' });

const CASES: readonly Case[] = [
  {
    name: 'fixed keys, values of any length',
    types: { key: bounded(8, true), value: {} },
    key: key(8, 150),
    value: fc.oneof(value(40), value(4000)),
  },
  {
    name: 'bounded keys and values',
    types: { key: bounded(12, false), value: bounded(20, false) },
    key: fc.oneof(key(2, 120), key(5, 120)),
    value: value(20),
  },
  {
    name: 'keys of any length, ordered by it',
    types: { key: { compare: byLength }, value: bounded(4, true) },
    key: fc.oneof(key(2, 60), key(300, 60)),
    value: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  },
  {
    name: 'keys with equal starts, or zeros at the end',
    types: { key: bounded(14, false), value: bounded(6, false) },
    key: fc.tuple(fc.constantFrom(0, 3, 7, 8, 10), key(4, 40), fc.nat(3)).map(([like, end, zeros]) => {
      const bytes = new Uint8Array(like + 2 + (zeros % 3)).fill(97, 0, like);
      bytes.set(end.subarray(0, 2), like);
      return bytes;
    }),
    value: value(6),
  },
  {
    name: 'small pages, the other way round',
    types: { key: { ...bounded(4, true), compare: backwards }, value: {}, pageSize: 128 },
    key: key(4, 200),
    value: value(60),
  },
  {
    name: 'large pages',
    types: { key: bounded(4, true), value: bounded(20_000, false) },
    key: key(4, 60),
    value: value(20_000),
  },
];

law.prop([fc.uint8Array({ maxLength: 12 }), fc.uint8Array({ maxLength: 12 })])(
  'heads of keys never contradict their bytes',
  (one, other) => {
    const order = new KeyOrder(undefined);
    const [a, b] = [order.sought(one), order.sought(other)];
    const sign = Math.sign(a.first - b.first || a.second - b.second);
    if (sign !== 0) expect(sign).toBe(Math.sign(compareBytes(one, other)));
  },
);

test('a key with a different length than the map’s keys is not found', () => {
  const map = BTreeMap.init(new BytesMemory(), { key: bounded(4, true), value: {} });
  map.insert(Uint8Array.of(7, 0, 0, 0), Uint8Array.of(1));
  expect(map.get(Uint8Array.of(7))).toBe(undefined);
  expect(map.contains(Uint8Array.of(7, 0, 0, 0))).toBe(true);
});

const operation = ({ key, value }: Case) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ op: fc.constant('insert' as const), key, value }) },
    { weight: 4, arbitrary: fc.record({ op: fc.constant('remove' as const), key }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constantFrom('popFirst' as const, 'popLast' as const) }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('get' as const), key }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('reload' as const) }) },
  );

describe.each(CASES)('$name', (one) => {
  const steps = fc.array(operation(one), { minLength: 50, maxLength: 400, size: 'max' });
  const bound = fc.option(one.key, { nil: undefined });
  law.prop([steps, bound, bound, fc.boolean()], { numRuns: 12 })(
    'it is a map, and leaves an intact one',
    (all, low, high, open) => {
      const memory = new BytesMemory();
      const map = BTreeMap.init(memory, one.types);
      const model = new Model(one.types.key.compare);
      for (const step of all) {
        if (step.op === 'insert') expect(map.insert(step.key, step.value)).toEqual(model.insert(step.key, step.value));
        else if (step.op === 'remove') expect(map.remove(step.key)).toEqual(model.remove(step.key));
        else if (step.op === 'get') expect(map.get(step.key)).toEqual(model.get(step.key));
        else if (step.op === 'reload') map.reload();
        else {
          const edge = step.op === 'popFirst' ? model.sorted.at(0) : model.sorted.at(-1);
          expect(step.op === 'popFirst' ? map.first() : map.last()).toEqual(edge);
          expect(map[step.op]()).toEqual(edge);
          model.remove(edge?.[0]);
        }
      }
      expect(map.length).toBe(BigInt(model.sorted.length));
      expectSound(memory, model.sorted);
      const range: KeyRange = {
        ...(low && (open ? { above: low } : { atLeast: low })),
        ...(high && (open ? { below: high } : { atMost: high })),
      };
      expect(pairs(map.entries(range))).toEqual(pairs(model.within(range)));
      expect(pairs(map.entriesBackward(range))).toEqual(pairs(model.within(range)).toReversed());
      expect(pairs(BTreeMap.init(memory, one.types).entries())).toEqual(pairs(model.sorted));
    },
  );
  law.prop([steps], { numRuns: 6 })('what it remembers of nodes never changes a byte', (all) => {
    const [remembering, forgetting] = [new BytesMemory(), new BytesMemory()];
    const maps = [BTreeMap.init(remembering, one.types), BTreeMap.init(forgetting, one.types)];
    for (const step of all) {
      maps[1]?.reload();
      for (const map of maps) {
        if (step.op === 'insert') map.insert(step.key, step.value);
        else if (step.op === 'remove') map.remove(step.key);
        else if (step.op === 'popFirst' || step.op === 'popLast') map[step.op]();
      }
    }
    expect(sha256(remembering)).toBe(sha256(forgetting));
  });
});
