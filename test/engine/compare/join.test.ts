/** Joins random sides in random orders, also when few elements may wait. */
import { fc, test as law } from '@fast-check/vitest';
import { expect } from 'vitest';
import { Changes, type EntryChange } from '../../../engine/compare/changes.ts';
import { EntryStream } from '../../../engine/compare/entry-stream.ts';
import { joinEntries } from '../../../engine/compare/join.ts';
import { Budget } from '../../../engine/core/budget.ts';
import { finish } from '../../../engine/core/slices.ts';
import type { Element } from '../../../engine/core/structure.ts';

/** An element with a key and a value, without bytes. */
function elementOf(key: number, value: number): Element {
  return { index: 0, described: { path: `k${key}`, text: String(value), codec: 'text' } };
}

const side = fc
  .uniqueArray(fc.tuple(fc.nat({ max: 400 }), fc.nat({ max: 2 })), { selector: ([key]) => key, maxLength: 300, size: 'max' })
  .map((pairs) => new Map(pairs));

/** Sides whose passes are divided again, before the position to which the first one had come. */
const TWICE_PUT_OFF: [Map<number, number>, Map<number, number>, boolean, number] = [
  new Map([
    [336, 0],
    [162, 0],
  ]),
  new Map([
    [162, 1],
    [0, 0],
  ]),
  false,
  1,
];

law.prop([side, side, fc.boolean(), fc.integer({ min: 1, max: 300 })], { numRuns: 300, examples: [TWICE_PUT_OFF] })(
  'each difference is found once, however few elements may wait',
  (before, after, isReversed, maxWaiting) => {
    const elements = (pairs: ReadonlyMap<number, number>, reversed: boolean): readonly Element[] => {
      const list = [...pairs].map(([key, value]) => elementOf(key, value));
      return reversed ? list.reverse() : list;
    };
    const found: string[] = [];
    const changes = new Changes(({ kind, before: old, after: now }: EntryChange) =>
      found.push([kind, (now ?? old)?.described?.path, old?.described?.text, now?.described?.text].join(' ')),
    );
    const budget = new Budget();
    const open = () =>
      [new EntryStream([elements(before, false)], budget), new EntryStream([elements(after, isReversed)], budget)] as const;
    const keyOf = ({ described }: Element): string | undefined => described?.path;
    const isSame = (old: Element, now: Element): boolean => old.described?.text === now.described?.text;
    finish(joinEntries({ open, keyBefore: keyOf, keyAfter: keyOf, isSame, maxWaiting }, changes));
    const expected = [
      ...[...after].filter(([key]) => !before.has(key)).map(([key, value]) => `added k${key}  ${value}`),
      ...[...before].filter(([key]) => !after.has(key)).map(([key, value]) => `removed k${key} ${value} `),
      ...[...after]
        .filter(([key, value]) => before.has(key) && before.get(key) !== value)
        .map(([key, value]) => `changed k${key} ${before.get(key)} ${value}`),
    ];
    expect(found.sort()).toEqual(expected.sort());
  },
);
