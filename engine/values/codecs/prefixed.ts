/** A value after a prefix: the version that a versioned Storable writes first, or the value's length. */
import { toHex } from '../../core/format.ts';
import { type Codec, type Decoded, type Excerpt, inside, type Reading, type ValuePart, wholeOf } from '../codec.ts';
import { decodeInteger } from './integers.ts';

/** Maximum length of a prefix in bytes. */
export const MAX_PREFIX = 16;

/** Makes a codec for `width` bytes of any kind, then a value of another codec. */
export function versionedCodec(width: number, of: Codec): Codec {
  const head = (bytes: Uint8Array): ValuePart => {
    const text = width === 1 ? `byte ${bytes[0] ?? 0}` : `bytes ${toHex(bytes.subarray(0, width))}`;
    return { start: 0, length: width, label: 'prefix', text };
  };
  const { read } = of;
  return {
    name: `prefixed(${width}, ${of.name})`,
    description: `${width === 1 ? 'one byte' : `${width} bytes`}, such as a version, then ${of.description}`,
    ...(of.bound && { bound: { max: width + of.bound.max, fixed: of.bound.fixed } }),
    decode(bytes) {
      const value = bytes.length < width ? undefined : of.decode(bytes.subarray(width));
      return value && after(head(bytes), of, value);
    },
    ...(read && {
      read(bytes: Uint8Array, excerpt?: Excerpt): Reading {
        if (bytes.length < width)
          return { problem: `${width} bytes should come before the value, but there are ${bytes.length}.` };
        return readAfter(head(bytes), of, read(bytes.subarray(width), shortened(excerpt, width)));
      },
    }),
  };
}

/**
 * Makes a codec for a length in bytes, which is an unsigned integer of fixed width, then a value of this length in another codec.
 */
export function lengthPrefixedCodec(number: Codec, of: Codec): Codec | undefined {
  const width = number.bound?.max;
  if (width === undefined || !/^u(8|(16|32|64)-[lb]e)$/.test(number.name)) return undefined;
  const order = number.name.endsWith('-le') ? 'little' : 'big';
  const read = (bytes: Uint8Array): Reading => {
    if (bytes.length < width) return { problem: `The length has ${width} bytes, but there are ${bytes.length}.` };
    const length = Number(decodeInteger(bytes.subarray(0, width), { signed: false, order }));
    if (length > bytes.length - width)
      return { problem: `${length} bytes should follow, but there are ${bytes.length - width}.` };
    const value = of.decode(bytes.subarray(width, width + length));
    if (value === undefined) return { problem: `The ${length} bytes after the length are not ${of.name}.` };
    const prefix = { start: 0, length: width, label: 'length', text: `length ${length}` };
    return readAfter(prefix, of, { decoded: value, length });
  };
  return {
    name: `prefixed(${number.name}, ${of.name})`,
    description: `a length in bytes (${number.name}), then ${of.description}`,
    decode: (bytes) => wholeOf(read(bytes), bytes),
    read,
  };
}

function readAfter(prefix: ValuePart, of: Codec, reading: Reading): Reading {
  if (reading.problem === undefined) {
    return { decoded: after(prefix, of, reading.decoded), length: prefix.length + reading.length };
  }
  const at = reading.at === undefined ? undefined : prefix.length + reading.at;
  return { problem: reading.problem, at, ...(reading.partial && { partial: after(prefix, of, reading.partial) }) };
}

function after(prefix: ValuePart, of: Codec, value: Decoded): Decoded {
  const parts = [prefix, ...value.parts.map((part) => ({ ...part, start: prefix.length + part.start }))];
  return { ...value, text: `${prefix.text}, then ${inside(of, value.text)}`, parts };
}

function shortened(excerpt: Excerpt | undefined, width: number): Excerpt | undefined {
  return excerpt?.length === undefined ? excerpt : { ...excerpt, length: excerpt.length - width };
}
