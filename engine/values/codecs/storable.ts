/**
 * Storable: the encodings of composed values in `ic-stable-structures` (storable.rs, storable/tuples.rs). Its numbers are the
 * plain big-endian ones, and its text and principals are plain, too.
 *
 * | type        | bytes                                                                                             |
 * |-------------|---------------------------------------------------------------------------------------------------|
 * | Option<T>   | None: `00`; Some: the value, then `01`                                                            |
 * | (A, B)      | A padded with zeros to its maximum, B likewise, then the sizes of those that are not fixed        |
 * | (A, B, C)   | A and B fixed: A B C. Otherwise one byte of widths, [size of A] A [size of B] B C, a size if not fixed |
 * | Reverse<T>  | like T, but in reversed order                                                                     |
 * | Blob<N>     | at most N bytes                                                                                   |
 *
 * Sizes are big-endian. They have 1, 2 or 4 bytes: in a pair according to the maximum, in a triple according to the actual sizes.
 * The byte of widths is (width of A's size - 1) * 4 + (width of B's size - 1).
 */
import { fromHex } from '../../core/format.ts';
import { type Bound, type Codec, compareBytes, type Decoded, inside, type ValuePart, whole } from '../codec.ts';
import { encodeInside, memberTexts } from '../member-texts.ts';
import { decodeInteger, encodeInteger } from './integers.ts';
import { BYTES } from './text.ts';

export function optionCodec(some: Codec): Codec {
  return {
    name: `storable.option(${some.name})`,
    description: `Option of ${some.description}`,
    ...(some.bound && { bound: { max: some.bound.max + 1, fixed: some.bound.fixed } }),
    decode(bytes) {
      const tag = bytes.at(-1);
      if (tag === 0 && bytes.length === 1) return whole(bytes, 'option', 'None');
      const value = tag === 1 ? some.decode(bytes.subarray(0, -1)) : undefined;
      if (value === undefined) return undefined;
      const tagPart = { start: bytes.length - 1, length: 1, label: 'option', text: 'Some' };
      return { ...value, text: `Some(${inside(some, value.text)})`, parts: [...value.parts, tagPart] };
    },
    ...(some.encode && {
      encode(text: string) {
        const inner = /^Some\((.*)\)$/s.exec(text.trim())?.[1];
        const value = inner === undefined ? undefined : encodeInside(some, inner);
        if (value !== undefined) return Uint8Array.of(...value, 1);
        return text.trim() === 'None' ? Uint8Array.of(0) : undefined;
      },
    }),
    compare(a, b) {
      if (a.at(-1) === 0 || b.at(-1) === 0) return (a.at(-1) ?? 0) - (b.at(-1) ?? 0);
      return compareWith(some, a.subarray(0, -1), b.subarray(0, -1));
    },
  };
}

export function reverseCodec(of: Codec): Codec {
  return {
    ...of,
    name: `storable.reverse(${of.name})`,
    description: `${of.description}, in reversed order`,
    compare: (a, b) => compareWith(of, b, a),
  };
}

/** Makes a codec for `Blob<max>`. */
export function blobCodec(max: number): Codec {
  return {
    ...BYTES,
    name: `storable.blob(${max})`,
    description: `at most ${max} raw bytes`,
    bound: { max, fixed: false },
    decode: (bytes) => (bytes.length <= max ? BYTES.decode(bytes) : undefined),
    encode: (text) => encodedWhere(text, (length) => length <= max),
  };
}

/** Makes a codec for `[u8; length]`. */
export function arrayCodec(length: number): Codec {
  return {
    ...BYTES,
    name: `storable.array(${length})`,
    description: `exactly ${length} raw bytes`,
    bound: { max: length, fixed: true },
    decode: (bytes) => (bytes.length === length ? BYTES.decode(bytes) : undefined),
    encode: (text) => encodedWhere(text, (size) => size === length),
  };
}

function encodedWhere(text: string, fits: (length: number) => boolean): Uint8Array | undefined {
  const bytes = fromHex(text);
  return bytes && fits(bytes.length) ? bytes : undefined;
}

/** Makes a codec for a pair. Returns undefined if a member has no bound: the library does not write such pairs. */
export function pairCodec(a: Codec, b: Codec): Codec | undefined {
  if (!a.bound || !b.bound) return undefined;
  const maxA = a.bound.max;
  const maxB = b.bound.max;
  const widthA = sizeWidth(a.bound);
  const widthB = sizeWidth(b.bound);
  const length = maxA + maxB + widthA + widthB;
  const split = (bytes: Uint8Array): readonly Uint8Array[] | undefined => {
    if (bytes.length !== length) return undefined;
    const sizesAt = maxA + maxB;
    const sizeA = widthA === 0 ? maxA : readSize(bytes, sizesAt, widthA);
    const sizeB = widthB === 0 ? maxB : readSize(bytes, sizesAt + widthA, widthB);
    if (sizeA > maxA || sizeB > maxB) return undefined;
    if (!isZero(bytes.subarray(sizeA, maxA)) || !isZero(bytes.subarray(maxA + sizeB, sizesAt))) return undefined;
    return [bytes.subarray(0, sizeA), bytes.subarray(maxA, maxA + sizeB)];
  };
  const join = ([first, second]: readonly Uint8Array[]): Uint8Array | undefined => {
    if (!first || !second || first.length > maxA || second.length > maxB) return undefined;
    const bytes = new Uint8Array(length);
    bytes.set(first);
    bytes.set(second, maxA);
    bytes.set(sizeBytes(first.length, widthA), maxA + maxB);
    bytes.set(sizeBytes(second.length, widthB), maxA + maxB + widthA);
    return bytes;
  };
  return tuple([a, b], { max: length, fixed: a.bound.fixed && b.bound.fixed }, split, join);
}

export function tripleCodec(a: Codec, b: Codec, c: Codec): Codec {
  const split = (bytes: Uint8Array): readonly Uint8Array[] | undefined => {
    const fixedA = a.bound?.fixed ? a.bound.max : undefined;
    const fixedB = b.bound?.fixed ? b.bound.max : undefined;
    let position = fixedA !== undefined && fixedB !== undefined ? 0 : 1;
    const widths = position === 1 ? (bytes[0] ?? 0) : 0;
    if (widths > 15) return undefined;
    const member = (fixed: number | undefined, width: number): Uint8Array => {
      const size = fixed ?? readSize(bytes, position, width);
      if (fixed === undefined) position += width;
      position += size;
      return bytes.subarray(position - size, position);
    };
    const first = member(fixedA, (widths >> 2) + 1);
    const second = member(fixedB, (widths & 3) + 1);
    return position <= bytes.length ? [first, second, bytes.subarray(position)] : undefined;
  };
  const join = ([first, second, third]: readonly Uint8Array[]): Uint8Array | undefined => {
    if (!first || !second || !third) return undefined;
    if (a.bound?.fixed && b.bound?.fixed) return Uint8Array.of(...first, ...second, ...third);
    const [widthA, widthB] = [widthOf(first.length), widthOf(second.length)];
    const widths = (widthA - 1) * 4 + widthB - 1;
    const sizeA = a.bound?.fixed ? [] : sizeBytes(first.length, widthA);
    const sizeB = b.bound?.fixed ? [] : sizeBytes(second.length, widthB);
    return Uint8Array.of(widths, ...sizeA, ...first, ...sizeB, ...second, ...third);
  };
  return tuple([a, b, c], tripleBound(a.bound, b.bound, c.bound), split, join);
}

function tripleBound(a: Bound | undefined, b: Bound | undefined, c: Bound | undefined): Bound | undefined {
  if (!a || !b || !c) return undefined;
  const head = a.fixed && b.fixed ? 0 : 1 + [a, b].reduce((sum, bound) => sum + sizeWidth(bound), 0);
  return { max: head + a.max + b.max + c.max, fixed: a.fixed && b.fixed && c.fixed };
}

/** Returns the width in bytes of a size in a pair, or 0 if the length is fixed. */
function sizeWidth({ max, fixed }: Bound): 0 | 1 | 2 | 4 {
  if (fixed) return 0;
  return widthOf(max);
}

function widthOf(size: number): 1 | 2 | 4 {
  return size <= 0xff ? 1 : size <= 0xffff ? 2 : 4;
}

/** Returns a size as a big-endian number of `width` bytes. */
function sizeBytes(size: number, width: number): Uint8Array {
  return encodeInteger(BigInt(size), { bytes: width, signed: false, order: 'big' }) ?? new Uint8Array(width);
}

function readSize(bytes: Uint8Array, at: number, width: number): number {
  return Number(decodeInteger(bytes.subarray(at, at + width), { signed: false, order: 'big' }));
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

function compareWith(codec: Codec, a: Uint8Array, b: Uint8Array): number {
  return codec.compare ? codec.compare(a, b) : compareBytes(a, b);
}

function tuple(
  members: readonly Codec[],
  bound: Bound | undefined,
  split: (bytes: Uint8Array) => readonly Uint8Array[] | undefined,
  join: (pieces: readonly Uint8Array[]) => Uint8Array | undefined,
): Codec {
  return {
    name: `storable.tuple(${members.map((member) => member.name).join(', ')})`,
    description: `tuple of ${members.map((member) => member.description).join('; ')}`,
    ...(bound && { bound }),
    decode(bytes): Decoded | undefined {
      const pieces = split(bytes);
      if (pieces === undefined) return undefined;
      const texts: string[] = [];
      const parts: ValuePart[] = [];
      const remarks: string[] = [];
      for (const [index, member] of members.entries()) {
        const piece = pieces[index] ?? new Uint8Array(0);
        const decoded = member.decode(piece);
        if (decoded === undefined) return undefined;
        texts.push(inside(member, decoded.text));
        const base = piece.byteOffset - bytes.byteOffset;
        parts.push(...decoded.parts.map((part) => ({ ...part, start: base + part.start, label: `${index}: ${part.label}` })));
        if (decoded.remark !== undefined) remarks.push(decoded.remark);
      }
      const decoded = { text: `(${texts.join(', ')})`, parts };
      return remarks.length === 0 ? decoded : { ...decoded, remark: remarks.join(' ') };
    },
    ...(members.every((member) => member.encode !== undefined) && {
      encode(text: string) {
        const texts = memberTexts(text) ?? [];
        const pieces = members.flatMap((member, index) => encodeInside(member, texts[index] ?? '') ?? []);
        return texts.length === members.length && pieces.length === members.length ? join(pieces) : undefined;
      },
    }),
    compare(a, b) {
      const piecesA = split(a) ?? [];
      const piecesB = split(b) ?? [];
      for (const [index, member] of members.entries()) {
        const order = compareWith(member, piecesA[index] ?? new Uint8Array(0), piecesB[index] ?? new Uint8Array(0));
        if (order !== 0) return order;
      }
      return 0;
    },
  };
}
