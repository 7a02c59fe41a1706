/**
 * IEEE 754 numbers: `f32-le`, `f32-be`, `f64-le`, `f64-be`. Texts are the shortest decimals that read back as the same number.
 */
import { viewOf } from '../../core/memory/memory.ts';
import { type Codec, whole } from '../codec.ts';

/** Returns the number as text. A float32 has its own shortest decimal, not that of the equal double. */
export function formatFloat(value: number, bytes: 4 | 8): string {
  if (Object.is(value, -0)) return '-0';
  if (bytes === 8) return String(value);
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(value);
}

function floatCodec(bytes: 4 | 8, order: 'little' | 'big'): Codec {
  const little = order === 'little';
  const read = (from: Uint8Array) => (bytes === 4 ? viewOf(from).getFloat32(0, little) : viewOf(from).getFloat64(0, little));
  return {
    name: `f${8 * bytes}-${little ? 'le' : 'be'}`,
    description: `IEEE 754 number of ${bytes} bytes, ${order}-endian`,
    bound: { max: bytes, fixed: true },
    decode: (from) => (from.length === bytes ? whole(from, `f${8 * bytes}`, formatFloat(read(from), bytes)) : undefined),
    encode(text) {
      const value = text.trim() === '' ? Number.NaN : Number(text);
      if (Number.isNaN(value) && text !== 'NaN') return undefined;
      const into = new Uint8Array(bytes);
      if (bytes === 4) viewOf(into).setFloat32(0, value, little);
      else viewOf(into).setFloat64(0, value, little);
      return into;
    },
  };
}

export const FLOAT_CODECS: readonly Codec[] = [
  floatCodec(4, 'big'),
  floatCodec(4, 'little'),
  floatCodec(8, 'big'),
  floatCodec(8, 'little'),
];
