/** Unsigned integers of fixed width, as programs store lengths, counts and addresses. */
import { type Address, type ReadableMemory, readBytes } from '../core/memory/memory.ts';

export const NUMBER_FORMS = ['u8', 'u16-le', 'u16-be', 'u32-le', 'u32-be', 'u64-le', 'u64-be'] as const;
export type NumberForm = (typeof NUMBER_FORMS)[number];

/** Widths of numbers in bytes. */
const WIDTHS = {
  u8: 1,
  'u16-le': 2,
  'u16-be': 2,
  'u32-le': 4,
  'u32-be': 4,
  'u64-le': 8,
  'u64-be': 8,
} as const satisfies Record<NumberForm, number>;

/** Returns the width of a number of this form in bytes. */
export function widthOf(form: NumberForm): number {
  return WIDTHS[form];
}

/** Returns the number at `position`, whose bytes must all be there. Rounds it above 2^53: no memory is that large. */
export function numberIn(bytes: Uint8Array, position: number, form: NumberForm): number {
  const width = WIDTHS[form];
  const isBig = form.endsWith('-be');
  let number = 0;
  for (let index = 0; index < width; index += 1) {
    number = number * 256 + (bytes[position + (isBig ? index : width - 1 - index)] ?? 0);
  }
  return number;
}

/** Returns the number at an address. The memory must have its bytes. */
export function readNumber(memory: ReadableMemory, address: Address, form: NumberForm): number {
  return numberIn(readBytes(memory, address, WIDTHS[form]), 0, form);
}
