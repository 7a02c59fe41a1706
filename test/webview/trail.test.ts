import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { alongTrail, NO_TRAIL, type Trail, visited } from '../../webview/state/trail.ts';

/** Goes from place to place, and returns the trail at the end. */
const walked = (places: readonly number[]): Trail =>
  places.reduce((trail, to, index) => visited(trail, places[index - 1], to), NO_TRAIL);

test('one goes back to where one came from, and forward again', () => {
  const back = alongTrail(walked([0, 10_000, 20_000]), 'back', 20_000);
  expect(back?.to).toBe(10_000);
  expect(back && alongTrail(back.trail, 'forward', back.to)?.to).toBe(20_000);
  expect(back && alongTrail(back.trail, 'back', back.to)?.to).toBe(0);
});

test('a short way leaves nothing behind, and a jump forgets the way forward', () => {
  expect(walked([0, 1, 2, 3])).toEqual(NO_TRAIL);
  const back = alongTrail(walked([0, 10_000]), 'back', 10_000);
  expect(back && visited(back.trail, 0, 5000)).toEqual({ back: [0], forward: [] });
});

law.prop([fc.array(fc.nat(10 ** 9), { maxLength: 150, size: 'max' })])(
  'the way back and forward again is the identity',
  (places) => {
    const start = walked(places);
    const at = places.at(-1) ?? 0;
    let here = { to: at, trail: start };
    let steps = 0;
    for (let next = alongTrail(here.trail, 'back', here.to); next; next = alongTrail(here.trail, 'back', here.to)) {
      here = next;
      steps++;
    }
    for (; steps > 0; steps--) here = alongTrail(here.trail, 'forward', here.to) ?? here;
    expect(here).toEqual({ to: at, trail: start });
    expect(start.back.length).toBeLessThanOrEqual(100);
  },
);
