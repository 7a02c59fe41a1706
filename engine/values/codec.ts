/** A range of bytes inside a value, and its meaning. Parts are in byte order and do not overlap. */
export interface ValuePart {
  /** Offset from the start of the value, in bytes. */
  readonly start: number;
  readonly length: number;
  /** Name of the part, from the outside in: `magic`, `.name`, `.tags[2]`. */
  readonly label: string;
  /** Value of the part. */
  readonly text: string;
}

/** The result of decoding bytes as one type. */
export interface Decoded {
  /** The whole value as text. Code that shows it must shorten it. */
  readonly text: string;
  readonly parts: readonly ValuePart[];
  /** An additional sentence, for example if the program that wrote the value reads it back as a different one. */
  readonly remark?: string;
}

/** The part of a long value that is read. */
export interface Excerpt {
  /** Length of the whole value in bytes, if the given bytes are only its beginning. */
  readonly length?: number;
  /** Maximum parts that are named. */
  readonly maxParts?: number;
}

/** The result of reading a value at the start of bytes: the value and its length in bytes, or the problem. */
export type Reading =
  | { readonly decoded: Decoded; readonly length: number; readonly problem?: never }
  /** `at`: the position of the problem, where it is known. `partial`: the value of an excerpt without errors. */
  | { readonly problem: string; readonly at?: number | undefined; readonly partial?: Decoded };

/** The length of encodings, on which the encodings of tuples depend. */
export interface Bound {
  /** Maximum length in bytes. */
  readonly max: number;
  /** True if all have this length. */
  readonly fixed: boolean;
}

/** An encoding of values as bytes. It is pure: the same bytes always have the same value, and no bytes make it throw. */
export interface Codec {
  /** The unique name of the encoding: `u64-be`, `storable.option(text)`. */
  readonly name: string;
  /** Description for a list to choose from. */
  readonly description: string;
  /** Undefined if encodings can have any length. */
  readonly bound?: Bound;
  /** Set if texts can have any form and must be in quotes inside other values. */
  readonly quoted?: true;
  /** Returns the value of `bytes`, or undefined if they, as a whole, are not an encoding of this kind. */
  decode(bytes: Uint8Array): Decoded | undefined;
  /** Reads the value at the start of `bytes`. Only for self-delimiting encodings. */
  read?(bytes: Uint8Array, excerpt?: Excerpt): Reading;
  /** Returns the text of the beginning of a longer value. Only for encodings in which a value extends to the end of its bytes. */
  begin?(bytes: Uint8Array, size: number): string | undefined;
  /** Returns the bytes of a text in the form that `decode` writes, or undefined if the text is invalid. */
  encode?(text: string): Uint8Array | undefined;
  /** Compares two values whose bytes `decode` can read. Negative if `a` comes first. */
  compare?(a: Uint8Array, b: Uint8Array): number;
}

/** Returns a value with only one part. */
export function whole(bytes: Uint8Array, label: string, text: string): Decoded {
  return { text, parts: bytes.length === 0 ? [] : [{ start: 0, length: bytes.length, label, text }] };
}

/** Returns what `bytes` say where a value takes all of them, of an encoding whose values say where they end. */
export function wholeOf(reading: Reading, bytes: Uint8Array): Decoded | undefined {
  return reading.problem === undefined && reading.length === bytes.length ? reading.decoded : undefined;
}

/** Compares byte by byte, with a prefix before the longer value: the order of blobs, text and big-endian numbers. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Returns a text in quotes, so that it can be inside other text. */
export function quote(text: string): string {
  return JSON.stringify(text);
}

/** Returns the text of a value for use inside another value. */
export function inside(codec: Codec, text: string): string {
  return codec.quoted ? quote(text) : text;
}
