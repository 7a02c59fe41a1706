/** A run of bytes inside a value, and what it says. Parts are in byte order and do not overlap. */
export interface ValuePart {
  /** Bytes from the value's first. */
  readonly start: number;
  readonly length: number;
  /** What the bytes are, from the outside in: `magic`, `.name`, `.tags[2]`. */
  readonly label: string;
  /** What they say. */
  readonly text: string;
}

/** What bytes say, read as one type. */
export interface Decoded {
  /** The whole value as text; whoever shows it cuts it. */
  readonly text: string;
  readonly parts: readonly ValuePart[];
  /** What else is to be known, in a sentence: where the program that wrote the value reads another one out of it. */
  readonly remark?: string;
}

/** How much of a long value is read. */
export interface Excerpt {
  /** Length of the value in bytes, where those given are only its beginning. */
  readonly length?: number;
  /** So many parts are named at most. */
  readonly mostParts?: number;
}

/** A value at the start of some bytes: what it says and how long it is, or why there is none. */
export type Reading =
  | { readonly decoded: Decoded; readonly length: number; readonly problem?: never }
  /** `begun`: what an excerpt says, where nothing in it contradicts. */
  | { readonly problem: string; readonly begun?: Decoded };

/** How long encodings are; the encodings of tuples depend on it. */
export interface Bound {
  /** Length of the longest, in bytes. */
  readonly max: number;
  /** True if all are that long. */
  readonly fixed: boolean;
}

/** One encoding of values as bytes. Pure: the same bytes always say the same, and no bytes make it throw. */
export interface Codec {
  /** The one name of the encoding, the same everywhere: `u64-be`, `storable.option(text)`. */
  readonly name: string;
  /** For a list to pick from. */
  readonly description: string;
  /** Undefined where encodings can have any length. */
  readonly bound?: Bound;
  /** Set where texts can have any form, so that they are in quotes inside of others. */
  readonly quoted?: true;
  /** Returns what `bytes` say; undefined when they, all of them, are no encoding of this kind. */
  decode(bytes: Uint8Array): Decoded | undefined;
  /** Reads the value that `bytes` begin with. Only of encodings whose values say where they end. */
  read?(bytes: Uint8Array, excerpt?: Excerpt): Reading;
  /** Returns what the beginning of a longer value says. Only of encodings that read a value to the end of its bytes. */
  begin?(bytes: Uint8Array, size: number): string | undefined;
  /** The bytes of a text as `decode` writes it; undefined when it is none. */
  encode?(text: string): Uint8Array | undefined;
  /** The order of the values, negative when `a` comes first; for bytes that `decode` understands. */
  compare?(a: Uint8Array, b: Uint8Array): number;
}

/** Returns what a value without parts worth naming says. */
export function whole(bytes: Uint8Array, label: string, text: string): Decoded {
  return { text, parts: bytes.length === 0 ? [] : [{ start: 0, length: bytes.length, label, text }] };
}

/** Byte by byte, and the shorter first where one begins the other: the order of blobs, text and big-endian numbers. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Returns a text between quotes, so that it can be among others. */
export function quote(text: string): string {
  return JSON.stringify(text);
}

/** Returns what a value says where it is inside of another. */
export function inside(codec: Codec, text: string): string {
  return codec.quoted ? quote(text) : text;
}
