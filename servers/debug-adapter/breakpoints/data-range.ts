import type { Place as DataRange } from '../../../engine/trace/search.ts';

/** Returns the id of a range for a client, which may keep it from one session to the next. */
export function dataIdOf({ space, address, length }: DataRange): string {
  return `${space}:${address}+${length}`;
}

/** Returns the range of an id, or undefined if the text is none. */
export function dataRangeOf(dataId: string): DataRange | undefined {
  const [, space, address, length] = /^(\d+):(\d+)\+(\d+)$/.exec(dataId) ?? [];
  return length === undefined ? undefined : { space: Number(space), address: Number(address), length: Number(length) };
}
