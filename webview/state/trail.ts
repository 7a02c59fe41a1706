/** The places that the user has been at, as a browser keeps its pages. */
export interface Trail {
  readonly back: readonly number[];
  readonly forward: readonly number[];
}

export const NO_TRAIL: Trail = { back: [], forward: [] };

/** Maximum places that are kept. */
const MAX_PLACES = 100;
/** Bytes that two places must be apart: moving by keys leaves one place behind, not one for each byte. */
const DISTANCE = 256;

/** Returns the trail after a jump from one offset to another. */
export function visited(trail: Trail, from: number | undefined, to: number): Trail {
  if (from === undefined || Math.abs(to - from) < DISTANCE) return trail;
  return { back: [...trail.back, from].slice(-MAX_PLACES), forward: [] };
}

/** Returns the place before (`back`) or after the present one, and the trail there. Undefined at its end. */
export function alongTrail(
  trail: Trail,
  direction: keyof Trail,
  from: number,
): { readonly to: number; readonly trail: Trail } | undefined {
  const to = trail[direction].at(-1);
  if (to === undefined) return undefined;
  const left = trail[direction].slice(0, -1);
  return direction === 'back'
    ? { to, trail: { back: left, forward: [...trail.forward, from] } }
    : { to, trail: { back: [...trail.back, from], forward: left } };
}
