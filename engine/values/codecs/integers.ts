/** Integers of fixed width: `u8`, `u16-le`, `u16-be` … `u128-be`, `i8` … `i128-be`. Texts are decimal. */
import { toHex } from '../../core/format.ts';
import { type Codec, whole } from '../codec.ts';

export interface IntegerForm {
  readonly bytes: number;
  readonly signed: boolean;
  readonly order: 'little' | 'big';
}

const WIDTHS = [1, 2, 4, 8, 16] as const;

/** Decodes an integer from all the bytes. No bytes are zero. */
export function decodeInteger(bytes: Uint8Array, form: { signed: boolean; order: 'little' | 'big' }): bigint {
  if (bytes.length === 0) return 0n;
  const unsigned = BigInt(`0x${toHex(form.order === 'big' ? bytes : bytes.toReversed())}`);
  return form.signed ? BigInt.asIntN(8 * bytes.length, unsigned) : unsigned;
}

/** Encodes an integer. Returns undefined if the width is too small for it. */
export function encodeInteger(value: bigint, form: IntegerForm): Uint8Array | undefined {
  const bits = 8 * form.bytes;
  const unsigned = BigInt.asUintN(bits, value);
  if (value !== (form.signed ? BigInt.asIntN(bits, unsigned) : unsigned)) return undefined;
  const bytes = new Uint8Array(form.bytes);
  let rest = unsigned;
  for (let index = form.bytes - 1; index >= 0; index--) {
    bytes[index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return form.order === 'big' ? bytes : bytes.reverse();
}

/** Parses a whole number from decimal text, in the form that all number codecs write. */
export function parseDecimal(text: string): bigint | undefined {
  return /^-?\d{1,10000}$/.test(text) ? BigInt(text) : undefined;
}

export function compareNumbers(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Returns a codec for integers of one form. */
export function integerCodec(name: string, description: string, form: IntegerForm): Codec {
  const type = `${form.signed ? 'i' : 'u'}${8 * form.bytes}`;
  return {
    name,
    description,
    bound: { max: form.bytes, fixed: true },
    decode: (bytes) => (bytes.length === form.bytes ? whole(bytes, type, String(decodeInteger(bytes, form))) : undefined),
    encode(text) {
      const value = parseDecimal(text);
      return value === undefined ? undefined : encodeInteger(value, form);
    },
    compare: (a, b) => compareNumbers(decodeInteger(a, form), decodeInteger(b, form)),
  };
}

export const INTEGER_CODECS: readonly Codec[] = [false, true].flatMap((signed) =>
  WIDTHS.flatMap((bytes) => {
    const type = `${signed ? 'i' : 'u'}${8 * bytes}`;
    const what = `${signed ? 'signed' : 'unsigned'} integer of ${bytes === 1 ? 'one byte' : `${bytes} bytes`}`;
    if (bytes === 1) return [integerCodec(type, what, { bytes, signed, order: 'big' })];
    return [
      integerCodec(`${type}-be`, `${what}, big-endian`, { bytes, signed, order: 'big' }),
      integerCodec(`${type}-le`, `${what}, little-endian`, { bytes, signed, order: 'little' }),
    ];
  }),
);
