import { fc } from '@fast-check/vitest';
import type { Bound } from '../../engine/values/codec.ts';
import type { MemoryStep, OpenStep, Operation, Structure } from './steps.ts';

/** Who lives in a memory: a structure, or nobody, and what is done there. */
export interface Inhabitant {
  readonly opened: OpenStep | undefined;
  readonly steps: fc.Arbitrary<MemoryStep>;
}

const all = (max: number): Bound => ({ max, fixed: true });
const upTo = (max: number): Bound => ({ max, fixed: false });

const index = fc.nat({ max: 1000 });

/** Every structure with several kinds of items, and two plain memories. */
export const EVERYONE: readonly Inhabitant[] = [
  inhabitant(0, map(all(8))),
  inhabitant(1, map(upTo(12), upTo(20))),
  inhabitant(2, items('vec', all(8))),
  inhabitant(3, log(4)),
  inhabitant(5, items('minheap', upTo(3))),
  inhabitant(6, cell()),
  inhabitant(7, items('vec', upTo(300))),
  inhabitant(8, items('minheap', all(8))),
  inhabitant(9, map(all(8), all(8))),
  inhabitant(10, map(upTo(29), upTo(0))),
  inhabitant(11, map()),
  inhabitant(12, items('vec', upTo(70_000))),
  inhabitant(14, set(all(8))),
  inhabitant(15, set(upTo(29))),
  inhabitant(16, set()),
  plain(13),
  plain(254),
];

/** Those that release 0.5 knows: no sets; its maps have no items without a bound, and neither pop nor clear. */
export const FORMERS: readonly Inhabitant[] = EVERYONE.filter(
  ({ opened }) => opened?.kind !== 'btreeset' && (opened?.kind !== 'btreemap' || (opened.key && opened.value)),
).map((one) => ({ ...one, steps: one.steps.filter((step) => !['popFirst', 'popLast', 'clear'].includes(step.do)) }));

/** Two structures that stay small enough for windows of a few pages. */
export const IN_WINDOWS: readonly Inhabitant[] = [inhabitant(0, map(all(8), all(8))), inhabitant(1, items('vec', all(8)))];

/** Memories that grow and are given back. */
export const RECLAIMED: readonly Inhabitant[] = [20, 21, 22, 23].map((memory) =>
  plain(memory, [1, fc.constant({ do: 'reclaim' })]),
);

type Weighted = readonly [weight: number, arbitrary: fc.Arbitrary<Operation>];
interface Life {
  readonly structure: Structure;
  readonly does: readonly Weighted[];
}

function inhabitant(memory: number, { structure, does }: Life): Inhabitant {
  return { opened: { do: 'open', memory, ...structure }, steps: stepsIn(memory, does) };
}

function stepsIn(memory: number, does: readonly Weighted[]): fc.Arbitrary<MemoryStep> {
  return fc.oneof(...does.map(([weight, arbitrary]) => ({ weight, arbitrary }))).map((operation) => ({ memory, ...operation }));
}

/** An operation with these fields. */
function does<Name extends string, Fields extends object>(
  name: Name,
  fields: { [Key in keyof Fields]: fc.Arbitrary<Fields[Key]> },
): fc.Arbitrary<{ do: Name } & Fields> {
  return fc.record(fields).map((chosen) => ({ do: name, ...chosen }));
}

function items(kind: 'vec' | 'minheap', item: Bound): Life {
  const pop: Weighted = [3, fc.constant({ do: 'pop' })];
  const others: readonly Weighted[] =
    kind === 'vec'
      ? [
          [2, does('set', { index, item: bytes(item) })],
          [1, does('at', { index })],
        ]
      : [[1, fc.constant({ do: 'peek' })]];
  return { structure: { kind, item }, does: [[5, does('push', { item: bytes(item) })], pop, ...others] };
}

function cell(): Life {
  const large = fc.nat({ max: 150_000 }).map((size) => pattern(size, size));
  const value = fc.oneof({ weight: 15, arbitrary: bytes(undefined) }, { weight: 1, arbitrary: large });
  return { structure: { kind: 'cell', initial: '00ff' }, does: [[1, does('set', { item: value })]] };
}

function log(data: number): Life {
  return {
    structure: { kind: 'log', data },
    does: [
      [4, does('append', { item: bytes(undefined) })],
      [1, does('at', { index })],
    ],
  };
}

function map(key?: Bound, value?: Bound): Life {
  return {
    structure: { kind: 'btreemap', ...(key && { key }), ...(value && { value }) },
    does: [[600, does('insert', { key: keys(key), value: bytes(value) })], ...inTrees(key)],
  };
}

function set(key?: Bound): Life {
  return {
    structure: { kind: 'btreeset', ...(key && { key }) },
    does: [[600, does('insert', { key: keys(key) })], ...inTrees(key)],
  };
}

/** What is done in maps and sets alike. */
function inTrees(key: Bound | undefined): readonly Weighted[] {
  return [
    [350, does('remove', { key: keys(key) })],
    [50, does('get', { key: keys(key) })],
    [40, fc.constant({ do: 'popFirst' })],
    [40, fc.constant({ do: 'popLast' })],
    [1, fc.constant({ do: 'clear' })],
  ];
}

function plain(memory: number, ...more: readonly Weighted[]): Inhabitant {
  const at = fc.nat({ max: 400_000 });
  const capacity = fc.integer({ min: 1, max: 200 });
  const pieces = fc.array(does('piece', { bytes: bytes(undefined) }), { maxLength: 8 });
  const steps: readonly Weighted[] = [
    [2, does('grow', { by: fc.nat({ max: 3 }) })],
    [2, does('write', { at, bytes: bytes(undefined) })],
    [1, does('save', { at, capacity, pieces })],
    [1, does('read', { at, capacity, length: fc.nat({ max: 2000 }) })],
  ];
  return { opened: undefined, steps: stepsIn(memory, [...steps, ...more]) };
}

/** Items of a bound. Without one they are mostly short, and some take several pages of a map. */
function bytes(bound: Bound | undefined): fc.Arbitrary<string> {
  const short = { weight: 6, arbitrary: fc.nat({ max: 90 }) };
  const length = bound
    ? fc.nat({ max: Math.min(bound.max, 3000) }).map((any) => (bound.fixed ? bound.max : any))
    : fc.oneof(short, { weight: 1, arbitrary: fc.nat({ max: 6000 }) });
  return fc.tuple(fc.nat({ max: 100_000 }), length).map(([seed, size]) => pattern(seed, size));
}

/** Few different keys, so that they meet. */
function keys(bound: Bound | undefined): fc.Arbitrary<string> {
  return fc.nat({ max: 160 }).map((key) => {
    if (bound?.fixed) return ((key * 0x9e37) % 0x1_0000).toString(16).padStart(2 * bound.max, '0');
    return pattern(key, 1) + pattern(key, (key * 37) % (bound?.max ?? 900));
  });
}

/** So many bytes that follow from `seed`. */
function pattern(seed: number, length: number): string {
  return Buffer.from(Uint8Array.from({ length }, (_, place) => (seed * 31 + place * 7 + (place >> 8)) & 255)).toString('hex');
}
