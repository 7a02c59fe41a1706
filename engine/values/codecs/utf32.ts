import { type Codec, whole } from '../codec.ts';

const WIDTH = 4;
const MAX_CODE_POINT = 0x10_ffff;

/** Text in UTF-32, big-endian, as StableBTree for Motoko stores it: four bytes per character. */
export const UTF32_BE: Codec = {
  name: 'utf32-be',
  description: 'text in UTF-32, big-endian',
  quoted: true,
  decode(bytes) {
    const text = decodeUtf32(bytes);
    return text === undefined ? undefined : whole(bytes, 'text', text);
  },
  encode(text) {
    const points = [...text].map((letter) => letter.codePointAt(0) ?? 0);
    return Uint8Array.from(points.flatMap((point) => [0, point >> 16, (point >> 8) & 0xff, point & 0xff]));
  },
};

/** Decodes UTF-32. Returns undefined if the bytes are not whole characters, or a character is not in Unicode. */
export function decodeUtf32(bytes: Uint8Array): string | undefined {
  if (bytes.length % WIDTH !== 0) return undefined;
  const points: string[] = [];
  for (let position = 0; position < bytes.length; position += WIDTH) {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(position, position + WIDTH);
    const point = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
    if (point > MAX_CODE_POINT || (point >= 0xd800 && point <= 0xdfff)) return undefined;
    points.push(String.fromCodePoint(point));
  }
  return points.join('');
}
