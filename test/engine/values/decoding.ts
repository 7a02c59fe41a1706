import { expect } from 'vitest';
import { fromHex, toHex } from '../../../engine/core/format.ts';
import type { Codec } from '../../../engine/values/codec.ts';
import { codecOf } from '../../../engine/values/codecs.ts';

/** Returns the codec with a name, which must exist. */
export function codec(name: string): Codec {
  const found = codecOf(name);
  if (found === undefined) throw new Error(`There is no codec named ${name}.`);
  return found;
}

/** Returns the bytes of hex digits, ignoring blanks. */
export function hex(digits: string): Uint8Array {
  const bytes = fromHex(digits.replaceAll(' ', ''));
  if (bytes === undefined) throw new Error(`${digits} is not hex.`);
  return bytes;
}

/** Decodes bytes in hex with a codec. Returns undefined if they are not valid. */
export function textOf(name: string, digits: string): string | undefined {
  return codec(name).decode(hex(digits))?.text;
}

/** Encodes a text with a codec, in hex. */
export function hexOf(name: string, text: string): string | undefined {
  const bytes = codec(name).encode?.(text);
  return bytes && toHex(bytes);
}

/** Expects bytes and text to convert to each other. */
export function expectBoth(name: string, digits: string, text: string): void {
  expect(textOf(name, digits)).toBe(text);
  expect(hexOf(name, text)).toBe(digits.replaceAll(' ', ''));
}
