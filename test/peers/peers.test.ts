import { join } from 'node:path';
import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { peersFolder } from '../../tools/peers.ts';
import { EVERYONE, FORMERS, IN_WINDOWS, type Inhabitant, RECLAIMED } from './arbitraries.ts';
import { type Release, runPeer } from './peer.ts';
import { Session } from './session.ts';
import type { Step } from './steps.ts';

/** A failure is made smaller for a minute at most; each try starts a peer. */
const BRIEF = { interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true } as const;

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
function lives(everyone: readonly Inhabitant[], length: number): fc.Arbitrary<Step[]> {
  const step: fc.Arbitrary<Step> = fc.oneof(...everyone.map(({ steps }) => ({ weight: 20, arbitrary: steps })), {
    weight: 2,
    arbitrary: fc.constant({ do: 'reload' }),
  });
  return fc.array(step, { minLength: length / 2, maxLength: length, size: 'max' });
}

/** The same long life each time. */
function longLife(everyone: readonly Inhabitant[], length: number, seed: number): readonly Step[] {
  return fc.sample(lives(everyone, length), { seed, numRuns: 1 })[0] ?? [];
}

function expectSame(release: Release, steps: readonly Step[]): void {
  const ours = new Session(release === '0.7.1' ? 'lowest-first' : 'never').run(steps);
  expect(ours).toEqual(runPeer(release, steps));
}

law.prop([fc.integer({ min: 1, max: 3 }), lives(EVERYONE, 300)], { numRuns: 12, ...BRIEF })(
  'the same steps give the same image and the same results',
  (bucketPages, steps) => expectSame('0.7.2', script([{ do: 'manage', bucketPages }], EVERYONE, steps)),
);

test.each([
  [1, 8000],
  [16, 3000],
  [128, 500],
])('long lives with buckets of %i pages', (bucketPages, length) => {
  expectSame('0.7.2', script([{ do: 'manage', bucketPages }], EVERYONE, longLife(EVERYONE, length, bucketPages)));
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

law.prop([fc.integer({ min: 1, max: 3 }), lives(FORMERS, 500), lives(FORMERS, 500)], { numRuns: 6, ...BRIEF })(
  'an image of release 0.5.6 goes on, and its maps of layout version 1 with it',
  (bucketPages, before, after) => {
    const setup: readonly Step[] = [{ do: 'manage', bucketPages }];
    const image = join(peersFolder, 'former.bin');
    runPeer('0.5.6', [...script(setup, FORMERS, before), { do: 'store', image }]);
    expectSame('0.7.2', script([{ do: 'load', image }, ...setup], FORMERS, after));
  },
);
