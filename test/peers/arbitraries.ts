import { fc } from '@fast-check/vitest';
import type { Bound } from '../../engine/values/codec.ts';
import type { MemoryStep, OpenStep, Operation, Structure } from './steps.ts';

/** A memory of the tests: its structure, if it has one, and its operations. */
export interface TestedMemory {
  readonly opened: OpenStep | undefined;
  readonly steps: fc.Arbitrary<MemoryStep>;
}

const all = (max: number): Bound => ({ max, fixed: true });
const upTo = (max: number): Bound => ({ max, fixed: false });

const index = fc.nat({ max: 1000 });

/** All structures, with several kinds of items each, and two plain memories. */
export const ALL_MEMORIES: readonly TestedMemory[] = [
  testedMemory(0, map(all(8))),
  testedMemory(1, map(upTo(12), upTo(20))),
  testedMemory(2, items('vec', all(8))),
  testedMemory(3, log(4)),
  testedMemory(5, items('minheap', upTo(3))),
  testedMemory(6, cell()),
  testedMemory(7, items('vec', upTo(300))),
  testedMemory(8, items('minheap', all(8))),
  testedMemory(9, map(all(8), all(8))),
  testedMemory(10, map(upTo(29), upTo(0))),
  testedMemory(11, map()),
  testedMemory(12, items('vec', upTo(70_000))),
  testedMemory(14, set(all(8))),
  testedMemory(15, set(upTo(29))),
  testedMemory(16, set()),
  plain(13),
  plain(254),
];

/** The memories that release 0.5 supports: it has no sets, and its maps have only bounded items, and neither pop nor clear. */
export const MEMORIES_0_5: readonly TestedMemory[] = ALL_MEMORIES.filter(
  ({ opened }) => opened?.kind !== 'btreeset' && (opened?.kind !== 'btreemap' || (opened.key && opened.value)),
).map((one) => ({ ...one, steps: one.steps.filter((step) => !['popFirst', 'popLast', 'clear'].includes(step.do)) }));

/** Two structures that stay small enough for windows of a few pages. */
export const WINDOWED_MEMORIES: readonly TestedMemory[] = [
  testedMemory(0, map(all(8), all(8))),
  testedMemory(1, items('vec', all(8))),
];

/** Memories that grow and are reclaimed. */
export const RECLAIMED_MEMORIES: readonly TestedMemory[] = [20, 21, 22, 23].map((memory) =>
  plain(memory, [1, fc.constant({ do: 'reclaim' })]),
);

type Weighted = readonly [weight: number, arbitrary: fc.Arbitrary<Operation>];
interface Behaviour {
  readonly structure: Structure;
  readonly operations: readonly Weighted[];
}

function testedMemory(memory: number, { structure, operations }: Behaviour): TestedMemory {
  return { opened: { do: 'open', memory, ...structure }, steps: stepsIn(memory, operations) };
}

function stepsIn(memory: number, operations: readonly Weighted[]): fc.Arbitrary<MemoryStep> {
  return fc
    .oneof(...operations.map(([weight, arbitrary]) => ({ weight, arbitrary })))
    .map((operation) => ({ memory, ...operation }));
}

/** Returns an operation with these fields. */
function operation<Name extends string, Fields extends object>(
  name: Name,
  fields: { [Key in keyof Fields]: fc.Arbitrary<Fields[Key]> },
): fc.Arbitrary<{ do: Name } & Fields> {
  return fc.record(fields).map((chosen) => ({ do: name, ...chosen }));
}

function items(kind: 'vec' | 'minheap', item: Bound): Behaviour {
  const pop: Weighted = [3, fc.constant({ do: 'pop' })];
  const others: readonly Weighted[] =
    kind === 'vec'
      ? [
          [2, operation('set', { index, item: bytes(item) })],
          [1, operation('at', { index })],
        ]
      : [[1, fc.constant({ do: 'peek' })]];
  return { structure: { kind, item }, operations: [[5, operation('push', { item: bytes(item) })], pop, ...others] };
}

function cell(): Behaviour {
  const large = fc.nat({ max: 150_000 }).map((size) => pattern(size, size));
  const value = fc.oneof({ weight: 15, arbitrary: bytes(undefined) }, { weight: 1, arbitrary: large });
  return { structure: { kind: 'cell', initial: '00ff' }, operations: [[1, operation('set', { item: value })]] };
}

function log(data: number): Behaviour {
  return {
    structure: { kind: 'log', data },
    operations: [
      [4, operation('append', { item: bytes(undefined) })],
      [1, operation('at', { index })],
    ],
  };
}

function map(key?: Bound, value?: Bound): Behaviour {
  return {
    structure: { kind: 'btreemap', ...(key && { key }), ...(value && { value }) },
    operations: [[600, operation('insert', { key: keys(key), value: bytes(value) })], ...inTrees(key)],
  };
}

function set(key?: Bound): Behaviour {
  return {
    structure: { kind: 'btreeset', ...(key && { key }) },
    operations: [[600, operation('insert', { key: keys(key) })], ...inTrees(key)],
  };
}

/** Returns the operations that maps and sets have in common. */
function inTrees(key: Bound | undefined): readonly Weighted[] {
  return [
    [350, operation('remove', { key: keys(key) })],
    [50, operation('get', { key: keys(key) })],
    [40, fc.constant({ do: 'popFirst' })],
    [40, fc.constant({ do: 'popLast' })],
    [1, fc.constant({ do: 'clear' })],
  ];
}

function plain(memory: number, ...more: readonly Weighted[]): TestedMemory {
  const at = fc.nat({ max: 400_000 });
  const capacity = fc.integer({ min: 1, max: 200 });
  const pieces = fc.array(operation('piece', { bytes: bytes(undefined) }), { maxLength: 8 });
  const steps: readonly Weighted[] = [
    [2, operation('grow', { by: fc.nat({ max: 3 }) })],
    [2, operation('write', { at, bytes: bytes(undefined) })],
    [1, operation('save', { at, capacity, pieces })],
    [1, operation('read', { at, capacity, length: fc.nat({ max: 2000 }) })],
  ];
  return { opened: undefined, steps: stepsIn(memory, [...steps, ...more]) };
}

/** Returns items with a bound. Without one they are mostly short, and some take several pages of a map. */
function bytes(bound: Bound | undefined): fc.Arbitrary<string> {
  const short = { weight: 6, arbitrary: fc.nat({ max: 90 }) };
  const length = bound
    ? fc.nat({ max: Math.min(bound.max, 3000) }).map((any) => (bound.fixed ? bound.max : any))
    : fc.oneof(short, { weight: 1, arbitrary: fc.nat({ max: 6000 }) });
  return fc.tuple(fc.nat({ max: 100_000 }), length).map(([seed, size]) => pattern(seed, size));
}

/** Returns few different keys, so that they repeat. */
function keys(bound: Bound | undefined): fc.Arbitrary<string> {
  return fc.nat({ max: 160 }).map((key) => {
    if (bound?.fixed) return ((key * 0x9e37) % 0x1_0000).toString(16).padStart(2 * bound.max, '0');
    return pattern(key, 1) + pattern(key, (key * 37) % (bound?.max ?? 900));
  });
}

/** Returns `length` bytes derived from `seed`. */
function pattern(seed: number, length: number): string {
  return Buffer.from(Uint8Array.from({ length }, (_, place) => (seed * 31 + place * 7 + (place >> 8)) & 255)).toString('hex');
}
