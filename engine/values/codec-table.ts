import type { Codec, Decoded } from './codec.ts';
import { codecOf } from './codecs.ts';

/** Codecs of a user's own, by their names. They are at hand wherever the table is, and nowhere else. */
export type CodecTable = ReadonlyMap<string, Codec>;

export const NO_CODECS: CodecTable = new Map();

/** Names of codecs of a user's own. */
export const CUSTOM_NAME = /^[A-Za-z_][\w.-]{0,63}$/;

/** Returns the table with one codec more. Throws `RangeError` for a name that is none, or that is taken. */
export function registerCodec(table: CodecTable, codec: Codec): CodecTable {
  if (!CUSTOM_NAME.test(codec.name)) {
    throw new RangeError(
      `"${codec.name}" is no name of a codec: it has to begin with a letter and go on with letters, digits, ".", "-" or "_".`,
    );
  }
  if (codecOf(codec.name, table) !== undefined) throw new RangeError(`There is a codec "${codec.name}" already.`);
  return new Map([...table, [codec.name, codec]]);
}

/** How a program turns values into blobs, and what a value is as text: all that is needed to show them. */
export interface CustomBlobify<T> {
  readonly name: string;
  readonly description?: string;
  /** Bytes of every blob, where all have as many. */
  readonly size?: number;
  /** Returns the value of a blob, or undefined if the bytes are none. What it throws means the same. */
  fromBlob(blob: Uint8Array): T | undefined;
  toText(value: T): string;
  toBlob?(value: T): Uint8Array;
  fromText?(text: string): T | undefined;
  /** Negative where `a` comes first. */
  compare?(a: T, b: T): number;
}

/** Returns a codec out of a `Blobify` in TypeScript. Whatever that does with odd bytes, the codec does not throw. */
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
