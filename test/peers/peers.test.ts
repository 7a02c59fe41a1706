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
import { ALL_MEMORIES, MEMORIES_0_5, RECLAIMED_MEMORIES, type TestedMemory, WINDOWED_MEMORIES } from './arbitraries.ts';
import { type Release, runPeer } from './peer.ts';
import { Session } from './session.ts';
import type { Checkpoint, OpenStep, Result, Step } from './steps.ts';

/**
 * Limits the time for shrinking a failure, because each try starts a peer. The limit is generous: on a loaded machine even
 * successful runs take minutes.
 */
const BRIEF = { interruptAfterTimeLimit: 600_000, markInterruptAsFailure: true } as const;

/** Number of checkpoints between the steps. */
const CHECKPOINTS = 16;

/** Returns a script that opens the memories, runs these steps with checkpoints between them, and lists everything at the end. */
function script(setup: readonly Step[], memories: readonly TestedMemory[], steps: readonly Step[]): readonly Step[] {
  const opening = memories.flatMap(({ opened }) => opened ?? []);
  const every = Math.ceil(steps.length / CHECKPOINTS);
  const checked = steps.flatMap((step, index): readonly Step[] =>
    index % every === every - 1 ? [step, { do: 'checkpoint' }] : [step],
  );
  return [...setup, ...opening, ...checked, { do: 'list' }, { do: 'checkpoint' }];
}

/** Returns random steps of these memories. Now and then everything is opened again from the image. */
function randomRuns(memories: readonly TestedMemory[], length: number, least = length / 2): fc.Arbitrary<Step[]> {
  const step: fc.Arbitrary<Step> = fc.oneof(...memories.map(({ steps }) => ({ weight: 20, arbitrary: steps })), {
    weight: 2,
    arbitrary: fc.constant({ do: 'reload' }),
  });
  return fc.array(step, { minLength: least, maxLength: length, size: 'max' });
}

/** Returns exactly `length` steps, the same for the same seed. */
function longRun(memories: readonly TestedMemory[], length: number, seed: number): readonly Step[] {
  return fc.sample(randomRuns(memories, length, length), { seed, numRuns: 1 })[0] ?? [];
}

/**
 * Expects that the engine and the library do the same. Where the bytes do not fit their memory, both trap: 0.7.1 can exchange the
 * pages of a memory when it is loaded again, and then a Vec has lengths that are none.
 */
function expectSame(release: Release, steps: readonly Step[]): void {
  const session = new Session(release === '0.7.1' ? 'lowest-first' : 'never');
  let ours: readonly Checkpoint[];
  try {
    ours = session.run(steps);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    expect(() => runPeer(release, steps), error.message).toThrow('out of bounds');
    return;
  }
  expect(ours).toEqual(runPeer(release, steps));
}

law.prop([fc.integer({ min: 1, max: 3 }), randomRuns(ALL_MEMORIES, 300)], { numRuns: 12, ...BRIEF })(
  'the same steps produce the same image and the same results',
  (bucketPages, steps) => expectSame('0.7.2', script([{ do: 'manage', bucketPages }], ALL_MEMORIES, steps)),
);

/** Number of steps by bucket size in pages. */
const LONG_RUNS = [
  { bucketPages: 1, length: 25_000 },
  { bucketPages: 2, length: 8_000 },
  { bucketPages: 16, length: 12_000 },
  { bucketPages: 128, length: 6_000 },
] as const;

describe('more than 50,000 random operations in four images, over all structures', () => {
  const runs = LONG_RUNS.map(({ bucketPages, length }) => ({
    bucketPages,
    length,
    steps: longRun(ALL_MEMORIES, length, bucketPages),
  }));

  test.each(runs)('$length steps with buckets of $bucketPages pages', ({ bucketPages, steps }) => {
    expectSame('0.7.2', script([{ do: 'manage', bucketPages }], ALL_MEMORIES, steps));
  });

  test('the operations are that many, and spread over all structures', () => {
    const operations = runs.flatMap(({ steps }) => steps).flatMap((step) => ('memory' in step ? [step.memory] : []));
    expect(operations.length).toBeGreaterThan(50_000);
    const kinds = new Map(ALL_MEMORIES.flatMap(({ opened }) => (opened ? [[opened.memory, opened.kind] as const] : [])));
    for (const kind of ['btreemap', 'btreeset', 'vec', 'minheap', 'cell', 'log', undefined]) {
      expect(operations.filter((memory) => kinds.get(memory) === kind).length, kind).toBeGreaterThan(2_000);
    }
  });
});

test.each(
  ALL_MEMORIES.flatMap(({ opened, steps }) => (opened ? [{ kind: opened.kind, memory: opened.memory, opened, steps }] : [])),
)('a $kind alone, like that in memory $memory', (one) =>
  expectSame('0.7.2', script([{ do: 'manage', bucketPages: 2 }], [one], longRun([one], 3000, one.memory))),
);

law.prop([randomRuns(WINDOWED_MEMORIES, 600)], { numRuns: 8, ...BRIEF })('in windows of an image without a manager', (steps) => {
  const windows: readonly Step[] = [
    { do: 'window', memory: 0, start: 0, end: 4 },
    { do: 'window', memory: 1, start: 4, end: 8 },
  ];
  expectSame('0.7.2', script(windows, WINDOWED_MEMORIES, steps));
});

test('creating a structure over an old one leaves the old bytes, as the library does', () => {
  const fresh = ALL_MEMORIES.flatMap(({ opened }): readonly Step[] => (opened ? [{ ...opened, new: true }] : []));
  const steps = longRun(ALL_MEMORIES, 600, 9);
  expectSame(
    '0.7.2',
    script([{ do: 'manage', bucketPages: 1 }], ALL_MEMORIES, [...steps, ...fresh, ...longRun(ALL_MEMORIES, 200, 10)]),
  );
});

test('release 0.6.9 leaves the same image', () => {
  expectSame('0.6.9', script([{ do: 'manage', bucketPages: 2 }], ALL_MEMORIES, longRun(ALL_MEMORIES, 2000, 6)));
});

law.prop([fc.integer({ min: 1, max: 3 }), randomRuns([...RECLAIMED_MEMORIES, ...ALL_MEMORIES], 300)], { numRuns: 8, ...BRIEF })(
  'release 0.7.1 reclaims buckets, and allocates them again',
  (bucketPages, steps) => expectSame('0.7.1', script([{ do: 'manage', bucketPages }], ALL_MEMORIES, steps)),
);

test('the library opens an image of the engine, and lists its contents', () => {
  const setup: readonly Step[] = [{ do: 'manage', bucketPages: 4 }];
  const image = join(peersFolder, 'made-here.bin');
  const steps = script(setup, ALL_MEMORIES, longRun(ALL_MEMORIES, 1500, 4));
  const ours = new Session().run([...steps, { do: 'store', image }]);
  const theirs = runPeer('0.7.2', script([{ do: 'load', image }, ...setup], ALL_MEMORIES, []));
  expect(theirs.at(-1)?.results.at(-1)).toEqual(ours.at(-1)?.results.at(-1));
  expect(theirs.at(-1)?.sha256).toBe(ours.at(-1)?.sha256);
});

test('the engine opens an image of the library, and reads it completely', () => {
  const setup: readonly Step[] = [{ do: 'manage', bucketPages: 4 }];
  const image = join(peersFolder, 'made-there.bin');
  const steps = script(setup, ALL_MEMORIES, longRun(ALL_MEMORIES, 3_000, 5));
  const theirs = runPeer('0.7.2', [...steps, { do: 'store', image }]).at(-1);
  const ours = new Session().run(script([{ do: 'load', image }, ...setup], ALL_MEMORIES, [])).at(-1);
  expect(ours?.sha256).toBe(theirs?.sha256);
  expect(ours?.results.at(-1)).toEqual(theirs?.results.at(-1));

  // The inspection of an image uses other code than the operations on it.
  const snapshot = openedBytes(readFileSync(image));
  const listed = ALL_MEMORIES.flatMap(({ opened }) => (opened ? [[opened.memory, shown(snapshot, opened)] as const] : []));
  expect([...listed].sort(([a], [b]) => a - b)).toEqual(theirs?.results.at(-1));
  expect(scanImage(snapshot).findings.filter(({ severity }) => severity !== 'information')).toEqual([]);
});

/** Returns all elements of a structure, as a session lists them. */
function shown(snapshot: Snapshot, { kind, memory }: OpenStep): readonly Result[] {
  const structure = findStructure(snapshot, `memory/${memory}`)?.structure;
  const hex = (run: StoredBytes | undefined): string => (run === undefined ? 'not there' : toHex(readStored(run)));
  return (structure?.elements(0, Number.MAX_SAFE_INTEGER, new Budget()) ?? []).map(({ key, value }) => {
    if (kind === 'btreemap') return [hex(key), value === undefined ? '' : hex(value)];
    return hex(kind === 'btreeset' ? key : value);
  });
}

law.prop([fc.integer({ min: 1, max: 3 }), randomRuns(MEMORIES_0_5, 500), randomRuns(MEMORIES_0_5, 500)], {
  numRuns: 6,
  ...BRIEF,
})('an image of release 0.5.6 can be used further, with its maps of layout version 1', (bucketPages, before, after) => {
  const setup: readonly Step[] = [{ do: 'manage', bucketPages }];
  const image = join(peersFolder, 'former.bin');
  runPeer('0.5.6', [...script(setup, MEMORIES_0_5, before), { do: 'store', image }]);
  expectSame('0.7.2', script([{ do: 'load', image }, ...setup], MEMORIES_0_5, after));
});
