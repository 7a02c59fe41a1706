import { expect } from 'vitest';
import { fromHex, toHex } from '../../../engine/core/format.ts';
import type { Codec } from '../../../engine/values/codec.ts';
import { codecOf } from '../../../engine/values/codecs.ts';

/** Returns the codec of a name that a test is sure of. */
export function codec(name: string): Codec {
  const found = codecOf(name);
  if (found === undefined) throw new Error(`No codec is called ${name}.`);
  return found;
}

/** Returns the bytes of hex digits; blanks are for the reader. */
export function hex(digits: string): Uint8Array {
  const bytes = fromHex(digits.replaceAll(' ', ''));
  if (bytes === undefined) throw new Error(`${digits} is no hex.`);
  return bytes;
}

/** Returns what bytes in hex say by a codec, or undefined if they are none of its. */
export function textOf(name: string, digits: string): string | undefined {
  return codec(name).decode(hex(digits))?.text;
}

/** Returns the bytes of a text by a codec, in hex. */
export function hexOf(name: string, text: string): string | undefined {
  const bytes = codec(name).encode?.(text);
  return bytes && toHex(bytes);
}

/** That bytes and text are each other's. */
export function expectBoth(name: string, digits: string, text: string): void {
  expect(textOf(name, digits)).toBe(text);
  expect(hexOf(name, text)).toBe(digits.replaceAll(' ', ''));
}
