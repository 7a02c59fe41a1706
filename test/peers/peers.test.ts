import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../engine/core/budget.ts';
import { toHex } from '../../engine/core/format.ts';
import { readStored, type StoredBytes } from '../../engine/core/structure.ts';
import { findStructure } from '../../engine/snapshot/find-part.ts';
import { scanImage } from '../../engine/snapshot/full-scan.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import { peersFolder } from '../../tools/peers.ts';
import { openedBytes } from '../engine/snapshot/opened.ts';
import { EVERYONE, FORMERS, IN_WINDOWS, type Inhabitant, RECLAIMED } from './arbitraries.ts';
import { type Release, runPeer } from './peer.ts';
import { Session } from './session.ts';
import type { OpenStep, Result, Step } from './steps.ts';

/** Bounds how long a failure is made smaller, as each try starts a peer. Generous: on a loaded machine the sound runs take minutes. */
const BRIEF = { interruptAfterTimeLimit: 600_000, markInterruptAsFailure: true } as const;

/** So many checkpoints stand between the steps. */
const CHECKPOINTS = 16;

/** Opens everyone, then does these steps with checkpoints between them, and lists everything at the end. */
function script(setup: readonly Step[], everyone: readonly Inhabitant[], steps: readonly Step[]): readonly Step[] {
  const opening = everyone.flatMap(({ opened }) => opened ?? []);
  const every = Math.ceil(steps.length / CHECKPOINTS);
  const checked = steps.flatMap((step, index): readonly Step[] =>
    index % every === every - 1 ? [step, { do: 'checkpoint' }] : [step],
  );
  return [...setup, ...opening, ...checked, { do: 'list' }, { do: 'checkpoint' }];
}

/** Random steps of these, and now and then everything is opened anew from the image. */
function lives(everyone: readonly Inhabitant[], length: number, least = length / 2): fc.Arbitrary<Step[]> {
  const step: fc.Arbitrary<Step> = fc.oneof(...everyone.map(({ steps }) => ({ weight: 20, arbitrary: steps })), {
    weight: 2,
    arbitrary: fc.constant({ do: 'reload' }),
  });
  return fc.array(step, { minLength: least, maxLength: length, size: 'max' });
}

/** The same life each time, of exactly so many steps. */
function longLife(everyone: readonly Inhabitant[], length: number, seed: number): readonly Step[] {
  return fc.sample(lives(everyone, length, length), { seed, numRuns: 1 })[0] ?? [];
}

function expectSame(release: Release, steps: readonly Step[]): void {
  const ours = new Session(release === '0.7.1' ? 'lowest-first' : 'never').run(steps);
  expect(ours).toEqual(runPeer(release, steps));
}

law.prop([fc.integer({ min: 1, max: 3 }), lives(EVERYONE, 300)], { numRuns: 12, ...BRIEF })(
  'the same steps give the same image and the same results',
  (bucketPages, steps) => expectSame('0.7.2', script([{ do: 'manage', bucketPages }], EVERYONE, steps)),
);

/** By bucket size in pages, how many steps a life has. */
const LONG_LIVES = [
  { bucketPages: 1, length: 25_000 },
  { bucketPages: 2, length: 8_000 },
  { bucketPages: 16, length: 12_000 },
  { bucketPages: 128, length: 6_000 },
] as const;

describe('more than 50,000 random operations in four images, over all structures', () => {
  const lived = LONG_LIVES.map(({ bucketPages, length }) => ({
    bucketPages,
    length,
    life: longLife(EVERYONE, length, bucketPages),
  }));

  test.each(lived)('$length steps with buckets of $bucketPages pages', ({ bucketPages, life }) => {
    expectSame('0.7.2', script([{ do: 'manage', bucketPages }], EVERYONE, life));
  });

  test('were so many, and each structure had its share', () => {
    const operations = lived.flatMap(({ life }) => life).flatMap((step) => ('memory' in step ? [step.memory] : []));
    expect(operations.length).toBeGreaterThan(50_000);
    const kinds = new Map(EVERYONE.flatMap(({ opened }) => (opened ? [[opened.memory, opened.kind] as const] : [])));
    for (const kind of ['btreemap', 'btreeset', 'vec', 'minheap', 'cell', 'log', undefined]) {
      expect(operations.filter((memory) => kinds.get(memory) === kind).length, kind).toBeGreaterThan(2_000);
    }
  });
});

test.each(EVERYONE.flatMap(({ opened, steps }) => (opened ? [{ kind: opened.kind, memory: opened.memory, opened, steps }] : [])))(
  'a $kind alone, as memory $memory has it',
  (one) => expectSame('0.7.2', script([{ do: 'manage', bucketPages: 2 }], [one], longLife([one], 3000, one.memory))),
);

law.prop([lives(IN_WINDOWS, 600)], { numRuns: 8, ...BRIEF })('in windows of an image without a manager', (steps) => {
  const windows: readonly Step[] = [
    { do: 'window', memory: 0, start: 0, end: 4 },
    { do: 'window', memory: 1, start: 4, end: 8 },
  ];
  expectSame('0.7.2', script(windows, IN_WINDOWS, steps));
});

test('what is made anew leaves the old bytes as the library does', () => {
  const anew = EVERYONE.flatMap(({ opened }): readonly Step[] => (opened ? [{ ...opened, new: true }] : []));
  const life = longLife(EVERYONE, 600, 9);
  expectSame('0.7.2', script([{ do: 'manage', bucketPages: 1 }], EVERYONE, [...life, ...anew, ...longLife(EVERYONE, 200, 10)]));
});

test('release 0.6.9 leaves the same image', () => {
  expectSame('0.6.9', script([{ do: 'manage', bucketPages: 2 }], EVERYONE, longLife(EVERYONE, 2000, 6)));
});

law.prop([fc.integer({ min: 1, max: 3 }), lives([...RECLAIMED, ...EVERYONE], 300)], { numRuns: 8, ...BRIEF })(
  'release 0.7.1 gives buckets back, and hands them out again',
  (bucketPages, steps) => expectSame('0.7.1', script([{ do: 'manage', bucketPages }], EVERYONE, steps)),
);

test('the library opens an image that was made here, and lists what is in it', () => {
  const setup: readonly Step[] = [{ do: 'manage', bucketPages: 4 }];
  const image = join(peersFolder, 'made-here.bin');
  const life = script(setup, EVERYONE, longLife(EVERYONE, 1500, 4));
  const ours = new Session().run([...life, { do: 'store', image }]);
  const theirs = runPeer('0.7.2', script([{ do: 'load', image }, ...setup], EVERYONE, []));
  expect(theirs.at(-1)?.results.at(-1)).toEqual(ours.at(-1)?.results.at(-1));
  expect(theirs.at(-1)?.sha256).toBe(ours.at(-1)?.sha256);
});

test('an image that the library made is opened here, and read whole', () => {
  const setup: readonly Step[] = [{ do: 'manage', bucketPages: 4 }];
  const image = join(peersFolder, 'made-there.bin');
  const life = script(setup, EVERYONE, longLife(EVERYONE, 3_000, 5));
  const theirs = runPeer('0.7.2', [...life, { do: 'store', image }]).at(-1);
  const ours = new Session().run(script([{ do: 'load', image }, ...setup], EVERYONE, [])).at(-1);
  expect(ours?.sha256).toBe(theirs?.sha256);
  expect(ours?.results.at(-1)).toEqual(theirs?.results.at(-1));

  // What shows an image to people reads it by other code than what works on it.
  const snapshot = openedBytes(readFileSync(image));
  const listed = EVERYONE.flatMap(({ opened }) => (opened ? [[opened.memory, shown(snapshot, opened)] as const] : []));
  expect([...listed].sort(([a], [b]) => a - b)).toEqual(theirs?.results.at(-1));
  expect(scanImage(snapshot).findings.filter(({ severity }) => severity !== 'information')).toEqual([]);
});

/** All elements of a structure, as a session lists them. */
function shown(snapshot: Snapshot, { kind, memory }: OpenStep): readonly Result[] {
  const structure = findStructure(snapshot, `memory/${memory}`)?.structure;
  const hex = (run: StoredBytes | undefined): string => (run === undefined ? 'not there' : toHex(readStored(run)));
  return (structure?.elements(0, Number.MAX_SAFE_INTEGER, new Budget()) ?? []).map(({ key, value }) => {
    if (kind === 'btreemap') return [hex(key), value === undefined ? '' : hex(value)];
    return hex(kind === 'btreeset' ? key : value);
  });
}

law.prop([fc.integer({ min: 1, max: 3 }), lives(FORMERS, 500), lives(FORMERS, 500)], { numRuns: 6, ...BRIEF })(
  'an image of release 0.5.6 goes on, and its maps of layout version 1 with it',
  (bucketPages, before, after) => {
    const setup: readonly Step[] = [{ do: 'manage', bucketPages }];
    const image = join(peersFolder, 'former.bin');
    runPeer('0.5.6', [...script(setup, FORMERS, before), { do: 'store', image }]);
    expectSame('0.7.2', script([{ do: 'load', image }, ...setup], FORMERS, after));
  },
);
