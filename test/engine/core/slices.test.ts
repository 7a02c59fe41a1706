import { expect, test } from 'vitest';
import { finish, finishInSlices, type Sliced } from '../../../engine/core/slices.ts';

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
