/** Helpers that the recognisers of tuples share. */
import { codecOf } from '../codecs.ts';
import { type GuessInner, leading, Samples } from './guess.ts';

/** Widths of fixed-width members that are looked for: those of integers. */
export const WIDTHS = [1, 2, 4, 8, 16] as const;

/**
 * Returns whether a member is always zero, or the same in many values. It is then more likely the high end of a larger number, or
 * a mark.
 */
export function isConstant(member: readonly Uint8Array[]): boolean {
  const { distinct } = new Samples(member);
  return (distinct.length < 2 && member.length > 2) || distinct.every((value) => leading(value, 0) === 1);
}

/**
 * Returns whether values that may have any length all have the same length. Bytes that look like their size are then more likely
 * a value themselves.
 */
export function isStiff(values: readonly Uint8Array[]): boolean {
  return values.length > 1 && new Samples(values).length !== undefined;
}

/** Reads a size before a member or at the end, with one or two bytes, big-endian. */
export function readSize(bytes: Uint8Array, at: number, width: number): number {
  return width === 1 ? (bytes[at] ?? 0) : (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
}

/** Returns the best codec of values of one width, if the codec has this width, otherwise an array of bytes. */
export function nameOfFixed(values: readonly Uint8Array[], inner: GuessInner): string {
  const width = values[0]?.length ?? 0;
  const codec = codecOf(inner(values).codec);
  return codec?.bound?.fixed && codec.bound.max === width ? codec.name : `storable.array(${width})`;
}

export function tupleOf(names: readonly string[]): string {
  return `storable.tuple(${names.join(', ')})`;
}
