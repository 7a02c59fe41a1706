/** Rows of the byte view: sixteen bytes each, from the first byte of the image, or of the memory that it shows. */
import { formatAddress, formatCounted } from '../../engine/core/format.ts';
import type { ByteField, BytesResult, FieldsResult } from '../../engine/views/bytes/calls.ts';
import type { ByteRange } from '../../engine/views/protocol.ts';
import type { Scroll } from '../scroll.ts';

export const ROW_BYTES = 16;

/** A byte on screen. Undefined if it is not known yet, `missing` if the file lacks it. */
export type ByteOnScreen = number | 'missing' | undefined;

export function bytesScroll(size: number, visibleRows: number, top: number): Scroll {
  return { rows: Math.ceil(size / ROW_BYTES), seen: visibleRows, top: top / ROW_BYTES };
}

/** Returns the bytes of the row at `offset`, up to the end of what the view shows. */
export function rowAt(result: BytesResult | undefined, offset: number, size: number): readonly ByteOnScreen[] {
  return Array.from({ length: Math.min(ROW_BYTES, size - offset) }, (_, column): ByteOnScreen => {
    const at = offset + column;
    if (result === undefined) return undefined;
    if (result.missing.some(({ start, length }) => at >= start && at < start + length)) return 'missing';
    return result.bytes[at - result.offset];
  });
}

/** Returns true if the byte at `at` differs from the step before. Returns false if that is not known. */
export function hasChanged(result: BytesResult | undefined, before: BytesResult | undefined, at: number): boolean {
  if (result?.space !== before?.space) return false;
  const now = result?.bytes[at - result.offset];
  const then = before?.bytes[at - before.offset];
  return now !== undefined && then !== undefined && now !== then;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function hexOf(byte: ByteOnScreen): string {
  if (byte === 'missing') return '··';
  return byte === undefined ? '  ' : (HEX[byte] ?? '');
}

/** Returns printable ASCII as is, and a dot for any other byte. */
export function characterOf(byte: ByteOnScreen): string {
  if (byte === 'missing') return '·';
  if (byte === undefined) return ' ';
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
}

/** Returns the range to request for the rows on screen: two screens around them, at round addresses. */
export function bytesParamsFor(size: number, top: number, visibleRows: number): ByteRange {
  const screen = Math.ceil(visibleRows + 1) * ROW_BYTES;
  const first = Math.floor(top / ROW_BYTES) * ROW_BYTES;
  const start = Math.floor(Math.max(0, first - 2 * screen) / 1024) * 1024;
  return { start, length: Math.min(first + 3 * screen, size) - start };
}

/**
 * Returns the range whose fields to request: the rows on screen, one screen before and one and a half after them. Even where each byte is a
 * field of its own, a result has room for those on screen.
 */
export function fieldsParamsFor(size: number, top: number, visibleRows: number): ByteRange {
  const screen = Math.ceil(visibleRows + 1) * ROW_BYTES;
  const first = Math.floor(top / ROW_BYTES) * ROW_BYTES;
  const start = Math.max(0, first - screen);
  return { start, length: Math.min(Math.floor(first + 2.5 * screen), size) - start };
}

export function isBytesResultEnough(result: BytesResult | undefined, size: number, top: number, visibleRows: number): boolean {
  return result !== undefined && isEnough({ start: result.offset, length: result.bytes.length }, size, top, visibleRows);
}

export function isFieldsResultEnough(result: FieldsResult | undefined, size: number, top: number, visibleRows: number): boolean {
  return result !== undefined && isEnough({ start: result.offset, length: result.length }, size, top, visibleRows);
}

/** Returns true if a result has the rows on screen and half a screen around them. */
function isEnough({ start, length }: ByteRange, size: number, top: number, visibleRows: number): boolean {
  const screen = Math.ceil(visibleRows + 1) * ROW_BYTES;
  const first = Math.floor(top / ROW_BYTES) * ROW_BYTES;
  return start <= Math.max(0, first - screen / 2) && start + length >= Math.min(size, first + 1.5 * screen);
}

/** The fields of the bytes on screen, by offset in the image. */
export class FieldsOnScreen {
  readonly #fields: readonly ByteField[];

  constructor(result: FieldsResult | undefined) {
    this.#fields = [...(result?.fields ?? [])].sort((a, b) => a.at.start - b.at.start);
  }

  /** Returns the field of a byte, and its number. Neighbours have different numbers. */
  at(offset: number): { readonly field: ByteField; readonly number: number } | undefined {
    let [low, high] = [0, this.#fields.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#fields[middle]?.at.start ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    const field = this.#fields[low - 1];
    if (field === undefined || offset >= field.at.start + field.at.length) return undefined;
    return { field, number: low - 1 };
  }

  /** Returns the fields of a row's note: those that begin in it, and have a value or are what nothing reads. */
  note(offset: number, isFirstRow: boolean): readonly ByteField[] {
    const noted: ByteField[] = [];
    for (let at = offset; at < offset + ROW_BYTES; at++) {
      const field = this.at(at)?.field;
      const begins = field !== undefined && (field.at.start === at || (isFirstRow && at === offset));
      if (field !== undefined && begins && (field.kind === 'other' || field.text !== undefined)) noted.push(field);
    }
    return noted;
  }
}

export function describeField({ label, text }: ByteField): string {
  return text === undefined ? label : `${label} = ${text}`;
}

/** Returns the tooltip of a field: its value, its length and its address. */
export function tooltipOfField(field: ByteField, addressOf: (offset: number) => number | undefined): string {
  const { start, length } = field.at;
  // A field may begin where the bytes on screen do not have it: in another bucket.
  const address = addressOf(start);
  return `${describeField(field)}\n${formatCounted(length, 'byte')}${address === undefined ? '' : ` at ${formatAddress(address)}`}`;
}
