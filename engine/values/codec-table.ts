import type { Codec, Decoded } from './codec.ts';
import { codecOf } from './codecs.ts';

/** Custom codecs by their names. They are available only where the table is. */
export type CodecTable = ReadonlyMap<string, Codec>;

export const NO_CODECS: CodecTable = new Map();

/** Pattern of names of custom codecs. */
export const CUSTOM_NAME = /^[A-Za-z_][\w.-]{0,63}$/;

/**
 * Returns the table with one more codec.
 * @throws RangeError for a name that is invalid or already taken.
 */
export function registerCodec(table: CodecTable, codec: Codec): CodecTable {
  if (!CUSTOM_NAME.test(codec.name)) {
    throw new RangeError(
      `"${codec.name}" is not a valid codec name: it must begin with a letter, followed by letters, digits, ".", "-" or "_".`,
    );
  }
  if (codecOf(codec.name, table) !== undefined) throw new RangeError(`There is a codec "${codec.name}" already.`);
  return new Map([...table, [codec.name, codec]]);
}

/** Conversions between a program's values, their blobs and their texts: everything that is needed to show values. */
export interface CustomBlobify<T> {
  readonly name: string;
  readonly description?: string;
  /** Size of every blob in bytes, if all have the same. */
  readonly size?: number;
  /** Returns the value of a blob, or undefined if the bytes cannot be decoded. An exception means the same. */
  fromBlob(blob: Uint8Array): T | undefined;
  toText(value: T): string;
  toBlob?(value: T): Uint8Array;
  fromText?(text: string): T | undefined;
  /** Compares two values. Negative if `a` comes first. */
  compare?(a: T, b: T): number;
}

/** Makes a codec from a `Blobify` in TypeScript. The codec does not throw, even if the `Blobify` does for odd bytes. */
export function codecOfBlobify<T>(blobify: CustomBlobify<T>): Codec {
  const { name, size, description = 'a Blobify of your own' } = blobify;
  const read = (blob: Uint8Array): T | undefined => {
    if (size !== undefined && blob.length !== size) return undefined;
    return attempt(() => blobify.fromBlob(blob));
  };
  return {
    name,
    description,
    ...(size !== undefined && { bound: { max: size, fixed: true } }),
    decode(bytes): Decoded | undefined {
      const value = read(bytes);
      const text = value === undefined ? undefined : attempt(() => blobify.toText(value));
      return text === undefined ? undefined : { text, parts: [{ start: 0, length: bytes.length, label: name, text }] };
    },
    ...(blobify.toBlob && {
      encode(text: string) {
        const value = attempt(() => blobify.fromText?.(text));
        return value === undefined ? undefined : attempt(() => blobify.toBlob?.(value));
      },
    }),
    ...(blobify.compare && {
      compare(a: Uint8Array, b: Uint8Array) {
        const [first, second] = [read(a), read(b)];
        return (first !== undefined && second !== undefined && attempt(() => blobify.compare?.(first, second))) || 0;
      },
    }),
  };
}

function attempt<T>(does: () => T): T | undefined {
  try {
    return does();
  } catch {
    return undefined;
  }
}
