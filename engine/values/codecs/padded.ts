/** Values padded with zeros, as written by programs that give each value the same room, such as stable-fs for its metadata. */
import { formatCounted } from '../../core/format.ts';
import { type Codec, type Decoded, inside } from '../codec.ts';
import { lengthWithoutZeros } from '../zeros.ts';

/** Makes a codec for values of another codec, followed by zeros, if any. */
export function paddedCodec(of: Codec): Codec {
  return {
    name: `padded(${of.name})`,
    description: `${of.description}; then zeros`,
    decode(bytes): Decoded | undefined {
      const first = firstOf(of, bytes);
      if (first === undefined || first.length < lengthWithoutZeros(bytes)) return undefined;
      const { decoded, length } = first;
      const zeros = bytes.length - length;
      const value = inside(of, decoded.text);
      if (zeros === 0) return { ...decoded, text: value };
      const text = formatCounted(zeros, 'zero');
      const parts = [...decoded.parts, { start: length, length: zeros, label: 'padding', text }];
      return { ...decoded, text: `${value}, then ${text}`, parts };
    },
  };
}

/**
 * Returns the value at the start of the bytes. A value that is not self-delimiting, such as text, ends with the last non-zero
 * byte.
 */
function firstOf(of: Codec, bytes: Uint8Array): { readonly decoded: Decoded; readonly length: number } | undefined {
  if (of.read !== undefined) {
    const reading = of.read(bytes);
    return reading.problem === undefined ? reading : undefined;
  }
  const length = of.bound?.fixed ? of.bound.max : lengthWithoutZeros(bytes);
  const decoded = length > bytes.length ? undefined : of.decode(bytes.subarray(0, length));
  return decoded && { decoded, length };
}
