/** Compares random pairs of images, and pairs with damage, with what the dumps of all their entries say. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test as law } from '@fast-check/vitest';
import { afterAll, describe, expect, test } from 'vitest';
import { hasChanged } from '../../../engine/compare/compare-memories.ts';
import { offsetAt } from '../../../engine/core/memory/memory.ts';
import type { Bound } from '../../../engine/values/codec.ts';
import { imageBytes, sidecar } from '../../fixtures.ts';
import { ALL_MEMORIES, type TestedMemory } from '../../peers/arbitraries.ts';
import { Session } from '../../peers/session.ts';
import type { Step } from '../../peers/steps.ts';
import { opened, openedBytes } from '../snapshot/opened.ts';
import { compared, type Figures, figuresOf, figuresOfDumps } from './dumped.ts';

const folder = mkdtempSync(join(tmpdir(), 'compare-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The structures among the memories of the peers' tests. */
const STRUCTURES = ALL_MEMORIES.filter(({ opened: structure }) => structure !== undefined);

/** Runs steps, stores the image, runs further steps, and stores it again. Returns both images. */
function imagesOf(setup: readonly Step[], first: readonly Step[], second: readonly Step[]): readonly [Uint8Array, Uint8Array] {
  const [a, b] = [join(folder, 'a.bin'), join(folder, 'b.bin')];
  new Session().run([...setup, ...first, { do: 'store', image: a }, ...second, { do: 'store', image: b }]);
  return [readFileSync(a), readFileSync(b)];
}

function setupOf(memories: readonly TestedMemory[], bucketPages = 1): readonly Step[] {
  return [{ do: 'manage', bucketPages }, ...memories.flatMap(({ opened: structure }) => structure ?? [])];
}

function runs(memories: readonly TestedMemory[], max: number): fc.Arbitrary<Step[]> {
  return fc.array(fc.oneof(...memories.map(({ steps }) => steps)), { maxLength: max, size: 'max' });
}

function testedMap(memory: number, key: Bound, value: Bound): TestedMemory {
  const bytes = (bound: Bound): fc.Arbitrary<string> =>
    fc
      .uint8Array({ minLength: bound.fixed ? bound.max : 0, maxLength: bound.max })
      .map((array) => Buffer.from(array).toString('hex'));
  // Few keys, so that some are changed and removed.
  const keys = fc.nat({ max: 900 }).map((number) => number.toString(16).padStart(16, '0'));
  const inserted = fc.record({ key: keys, value: bytes(value) }).map((entry) => ({ memory, do: 'insert', ...entry }) as const);
  const removed = keys.map((taken) => ({ memory, do: 'remove', key: taken }) as const);
  return { opened: { do: 'open', memory, kind: 'btreemap', key, value }, steps: fc.oneof(inserted, removed) };
}

function mirrored(figures: Readonly<Record<string, Figures>>): Readonly<Record<string, Figures>> {
  return Object.fromEntries(
    Object.entries(figures).map(([part, { added, removed, changed }]) => [part, { added: removed, removed: added, changed }]),
  );
}

/** Expects the comparison to say what the dumps say, and its mirror to be the mirrored one. */
function expectAsDumped(a: Uint8Array, b: Uint8Array): void {
  const [before, after] = [openedBytes(a), openedBytes(b)];
  const comparison = compared(before, after);
  const expected = figuresOfDumps(before, after);
  expect(comparison.incomplete).toEqual([]);
  expect(figuresOf(comparison)).toEqual(expected);
  expect(figuresOf(compared(after, before))).toEqual(mirrored(expected));
  const isUnchanged = Object.values(expected).every(({ added, removed, changed }) => added + removed + changed === 0);
  if (comparison.isSame) expect(isUnchanged).toBe(true);
}

law.prop([runs(STRUCTURES, 600), runs(STRUCTURES, 200)], { numRuns: 12, endOnFailure: true })(
  'a comparison of all structures says what dumps of all entries say',
  (first, second) => expectAsDumped(...imagesOf(setupOf(STRUCTURES), first, second)),
);

describe.each(STRUCTURES.flatMap((one) => (one.opened ? [{ kind: one.opened.kind, memory: one.opened.memory, one }] : [])))(
  'a $kind as in memory $memory',
  ({ one }) => {
    law.prop([runs([one], 900), runs([one], 300)], { numRuns: 3, endOnFailure: true })(
      'is compared as the dumps are',
      (first, second) => expectAsDumped(...imagesOf(setupOf([one]), first, second)),
    );
  },
);

/** The maps in the image that release 0.5.6 left, in layout version 1. */
const VERSION_1: readonly TestedMemory[] = [
  testedMap(0, { max: 8, fixed: true }, { max: 8, fixed: true }),
  testedMap(1, { max: 32, fixed: false }, { max: 40, fixed: false }),
];

law.prop([runs(VERSION_1, 300)], { numRuns: 8, endOnFailure: true })(
  'maps of layout version 1 are compared by their entries',
  (steps) => {
    const image = join(folder, 'version-1.bin');
    writeFileSync(image, imageBytes('btreemap-v1-native'));
    expectAsDumped(...imagesOf([{ do: 'load', image }, ...setupOf(VERSION_1)], [], steps));
  },
);

const damage = fc.array(fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) }), { minLength: 1, maxLength: 12 });

law.prop([runs(STRUCTURES, 300), runs(STRUCTURES, 60), damage], { numRuns: 15, endOnFailure: true })(
  'damage on one side is never called equal',
  (first, second, flips) => {
    const [a, b] = imagesOf(setupOf(STRUCTURES), first, second);
    for (const { at, byte } of flips) b[at % b.length] = byte;
    const [before, after] = [openedBytes(a), openedBytes(b)];
    const comparison = compared(before, after);
    const expected = figuresOfDumps(before, after);
    const actual = figuresOf(comparison);
    const isUnchanged = Object.values(expected).every(({ added, removed, changed }) => added + removed + changed === 0);
    if (comparison.isSame) expect(isUnchanged).toBe(true);
    for (const { before: old, after: now, difference } of comparison.structures) {
      const space = (now ?? old)?.space.part ?? '';
      if (old && now && difference.incomplete === undefined) expect([space, actual[space]]).toEqual([space, expected[space]]);
    }
  },
);

test('where nodes cannot be read, it says so, and does not call the structure the same', () => {
  const bytes = imageBytes('a-before');
  const before = openedBytes(bytes);
  const broken = Uint8Array.from(bytes);
  const start = before.spaces[0]?.pieces[0]?.extent.start ?? 0;
  // The number of entries of some nodes becomes impossible.
  const magic = Buffer.from('BTN');
  for (let at = broken.indexOf(magic[0] ?? 0, start), found = 0; found < 20; at += 1) {
    if (!magic.equals(broken.subarray(at, at + 3))) continue;
    found += 1;
    broken.fill(0xff, at + 5, at + 7);
  }
  const comparison = compared(before, openedBytes(broken));
  expect(comparison.isSame).toBe(false);
  expect(comparison.incomplete.join()).toContain('memory/0/btreemap: Damage hides a part of it');
});

test('a damaged magic is a new finding, and no entry differs', () => {
  const bytes = imageBytes('a-before');
  const before = openedBytes(bytes);
  const broken = Uint8Array.from(bytes);
  broken[before.spaces[0]?.pieces[0]?.extent.start ?? 0] = 0;
  const comparison = compared(before, openedBytes(broken));
  expect(comparison.isSame).toBe(false);
  expect(comparison.findings.added.map(({ code, part }) => [code, part])).toEqual([['btree.bad-magic', 'memory/0/btreemap']]);
  expect(figuresOf(comparison)['memory/0']).toEqual({ added: 0, removed: 0, changed: 0 });
});

test('a side that lacks bytes is not compared there, and never called the same', () => {
  const bytes = imageBytes('a-before');
  const complete = openedBytes(bytes);
  const [bucket] = complete.spaces[0]?.pieces ?? [];
  const gap = { start: offsetAt(0, (bucket?.extent.start ?? 0) + 65_536), length: 65_536 };
  const cut = Uint8Array.from(bytes);
  cut.fill(0, gap.start, gap.start + gap.length);
  const partial = openedBytes(cut, 'partial', [gap]);
  for (const comparison of [compared(complete, partial), compared(partial, complete)]) {
    expect(comparison.isSame).toBe(false);
    expect(comparison.structures.map(({ difference }) => difference.incomplete !== undefined)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(figuresOf(comparison)['memory/0']).toEqual({ added: 0, removed: 0, changed: 0 });
  }
  const itself = compared(partial, openedBytes(cut, 'partial', [gap]));
  expect([itself.isSame, itself.incomplete.length > 0]).toEqual([true, true]);
});

test('what is in missing bytes of one side is neither new nor gone', () => {
  const bytes = imageBytes('a-before');
  const complete = openedBytes(bytes);
  const gaps = (complete.spaces[0]?.pieces ?? []).map(({ extent: { start, length } }) => ({ start, length }));
  const cut = Uint8Array.from(bytes);
  for (const { start, length } of gaps) cut.fill(0, start, start + length);
  const partial = openedBytes(cut, 'partial', gaps);
  expect(partial.structures.map(({ part }) => part)).not.toContain('memory/0/btreemap');
  for (const comparison of [compared(complete, partial), compared(partial, complete)]) {
    expect(comparison.isSame).toBe(false);
    expect(figuresOf(comparison)['memory/0']).toEqual({ added: 0, removed: 0, changed: 0 });
    const memory = comparison.memories.find(({ part }) => part === 'memory/0');
    expect(memory?.incomplete).toBeDefined();
    expect(memory === undefined || hasChanged(memory)).toBe(false);
  }
});

test('the pair of the real library has the figures of its sidecar', () => {
  interface Row extends Figures {
    readonly part: string;
    readonly lengthBefore?: string;
    readonly lengthAfter?: string;
  }
  const { structures } = sidecar<{ readonly structures: readonly Row[] }>('a');
  const comparison = compared(opened('a-before'), opened('a-after'));
  const rows = comparison.structures.map(({ after, difference: { added, removed, changed } }) => ({
    part: after?.part,
    added,
    removed,
    changed,
  }));
  expect(rows).toEqual(structures.map(({ part, added, removed, changed }) => ({ part, added, removed, changed })));
  expect(figuresOf(comparison)).toEqual(figuresOfDumps(opened('a-before'), opened('a-after')));
});
