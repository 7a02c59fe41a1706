/** Encoders of a collection's values: the library's interface `Blobify`, on top of the codecs that also show values. */

import type { Codec } from '../../values/codec.ts';
import { decodeDigits, encodeDigits } from '../../values/codecs/blobify.ts';
import { codecOf } from '../../values/codecs.ts';

export interface Blobify<A> {
  /** @throws RangeError for a value that has no encoding. */
  toBlob(value: A): Uint8Array;
  /** Returns the value of a blob, or undefined if it cannot be decoded. The same bytes always give the same value. */
  fromBlob(blob: Uint8Array): A | undefined;
}

/** Bytes as they are. */
export const BLOB: Blobify<Uint8Array> = { toBlob: (value) => value, fromBlob: (blob) => blob };

/** Returns a `Blobify` of values in the text form of a codec. */
export function blobifyTexts(codec: Codec): Blobify<string> {
  return {
    toBlob(value) {
      const blob = codec.encode?.(value);
      if (!blob) throw new RangeError(`${JSON.stringify(value)} cannot be written as ${codec.name}.`);
      return blob;
    },
    fromBlob: (blob) => codec.decode(blob)?.text,
  };
}

/** Returns a `Blobify` of values that convert to the text of a codec, such as numbers. */
function blobifyBy<A>(name: string, toText: (value: A) => string, fromText: (text: string) => A): Blobify<A> {
  const codec = codecOf(name);
  if (!codec) throw new Error(`There is no codec ${name}.`);
  const texts = blobifyTexts(codec);
  return {
    toBlob: (value) => texts.toBlob(toText(value)),
    fromBlob(blob) {
      const text = texts.fromBlob(blob);
      return text === undefined ? undefined : fromText(text);
    },
  };
}

export const TEXT: Blobify<string> = blobifyBy('text', String, String);

/** `Nat` of memory-collection 0.0: base-255 digits, and no bytes for 0. */
export const NAT: Blobify<bigint> = {
  toBlob(value) {
    if (value < 0n) throw new RangeError(`"${value}" cannot be written as blobify.nat.`);
    return encodeDigits(value);
  },
  fromBlob: decodeDigits,
};

/** `Nat` of memory-buffer 0.1.0, where 0 is one byte. */
export const NAT_WITH_ZERO: Blobify<bigint> = {
  ...NAT,
  toBlob: (value) => (value === 0n ? Uint8Array.of(0) : NAT.toBlob(value)),
};

/** `Int` of memory-collection 0.0: base-255 digits and a sign. Decodes correctly, unlike the library. */
export const INT: Blobify<bigint> = blobifyBy('blobify.int', String, BigInt);

export const BOOL: Blobify<boolean> = blobifyBy('bool', String, (text) => text === 'true');
