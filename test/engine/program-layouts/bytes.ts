import { PAGE_SIZE } from '../../../engine/core/memory/memory.ts';
import { type NumberForm, widthOf } from '../../../engine/program-layouts/numbers.ts';

/** Returns the bytes of an unsigned integer. */
export function encodeNumber(form: NumberForm, value: number): Uint8Array {
  const bytes = new Uint8Array(widthOf(form));
  let rest = BigInt(value);
  for (let index = 0; index < bytes.length; index += 1, rest >>= 8n) bytes[index] = Number(rest & 0xffn);
  return form.endsWith('-be') ? bytes.reverse() : bytes;
}

/** Returns whole pages that begin with some bytes. */
export function imageOf(bytes: Uint8Array, pages = Math.max(1, Math.ceil(bytes.length / PAGE_SIZE))): Uint8Array<ArrayBuffer> {
  const image = new Uint8Array(pages * PAGE_SIZE);
  image.set(bytes);
  return image;
}
