/** What the recognisers of tuples share. */
import { codecOf } from '../codecs.ts';
import { type GuessInner, leading, Samples } from './guess.ts';

/** Widths of the members of fixed width that are looked for: those of integers. */
export const WIDTHS = [1, 2, 4, 8, 16] as const;

/** Returns whether a member is always zero, or the same in all of many: rather the high end of a larger number, or a mark. */
export function saysNothing(member: readonly Uint8Array[]): boolean {
  const { distinct } = new Samples(member);
  return (distinct.length < 2 && member.length > 2) || distinct.every((value) => leading(value, 0) === 1);
}

/**
 * Returns whether values that may have any length all have the same: then what looks like their size is rather a value itself.
 */
export function isStiff(values: readonly Uint8Array[]): boolean {
  return values.length > 1 && new Samples(values).length !== undefined;
}

/** Returns a size in front of a member, or at the end: of one byte or two, big-endian. */
export function readSize(bytes: Uint8Array, at: number, width: number): number {
  return width === 1 ? (bytes[at] ?? 0) : (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
}

/** Returns the codec of values of one width: what they look like, if that has this width. */
export function nameOfFixed(values: readonly Uint8Array[], inner: GuessInner): string {
  const width = values[0]?.length ?? 0;
  const codec = codecOf(inner(values).codec);
  return codec?.bound?.fixed && codec.bound.max === width ? codec.name : `storable.array(${width})`;
}

export function tupleOf(names: readonly string[]): string {
  return `storable.tuple(${names.join(', ')})`;
}
