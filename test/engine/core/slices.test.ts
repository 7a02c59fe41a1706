import { expect, test } from 'vitest';
import { finish, finishInBackground, finishInSlices, holdBackground, type Sliced } from '../../../engine/core/slices.ts';

/** Returns work that never ends until something else has happened. */
function* waitFor(happened: () => boolean): Sliced<string> {
  while (!happened()) yield;
  return 'done';
}

test('work in slices lets other work run in between, and returns its result', async () => {
  let happened = false;
  setTimeout(() => {
    happened = true;
  }, 0);
  expect(await finishInSlices(waitFor(() => happened))).toBe('done');
});

test('work that is finished at once returns its result', () => {
  let turns = 0;
  expect(
    finish(
      waitFor(() => {
        turns += 1;
        return turns === 10;
      }),
    ),
  ).toBe('done');
});

test('a failure of the work is one of its result', async () => {
  // biome-ignore lint/correctness/useYield: it fails before its first slice ends
  const failing = function* (): Sliced<never> {
    throw new Error('broken');
  };
  await expect(finishInSlices(failing())).rejects.toThrow('broken');
});

test('work in the background rests while somebody waits for other work', async () => {
  let turns = 0;
  let isEnough = false;
  const work = finishInBackground(
    waitFor(() => {
      turns += 1;
      return isEnough;
    }),
  );
  const release = holdBackground();
  const other = holdBackground();
  other();
  other();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const before = turns;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(turns).toBe(before);
  isEnough = true;
  release();
  expect(await work).toBe('done');
});
