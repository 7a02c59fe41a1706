/** Minimal encoders that write keys as real programs do. */
import { encodeUtf8 } from '../../../engine/values/utf8.ts';

export function concatenate(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Encodes an integer in two's complement. */
export function number(size: number, value: number, order: 'big' | 'little' = 'big'): Uint8Array<ArrayBuffer> {
  let rest = BigInt.asUintN(8 * size, BigInt(value));
  const bytes = Array.from({ length: size }, () => {
    const byte = Number(rest & 0xffn);
    rest >>= 8n;
    return byte;
  });
  return Uint8Array.from(order === 'little' ? bytes : bytes.reverse());
}

export function leb128(value: number): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Uint8Array.from([...bytes, rest]);
}

type Item = number | string | Uint8Array;

/** Encodes an array, or a map with its keys in the order of the object. */
export function cbor(value: readonly Item[] | Readonly<Record<string, Item>>): Uint8Array<ArrayBuffer> {
  if (Array.isArray(value)) return concatenate(head(4, value.length), ...value.map(item));
  const fields = Object.entries(value);
  return concatenate(head(5, fields.length), ...fields.flatMap(([name, one]) => [item(name), item(one)]));
}

function item(value: Item): Uint8Array {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return concatenate(head(3, encodeUtf8(value).length), encodeUtf8(value));
  return concatenate(head(2, value.length), value);
}

function head(major: number, argument: number): Uint8Array {
  if (argument < 24) return Uint8Array.of((major << 5) | argument);
  const size = argument < 2 ** 8 ? 1 : argument < 2 ** 16 ? 2 : 4;
  return concatenate(Uint8Array.of((major << 5) | (24 + Math.log2(size))), number(size, argument));
}
