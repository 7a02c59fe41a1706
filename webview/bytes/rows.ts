/** Rows of the byte view: sixteen bytes each, from the image's first byte. */
import type { ByteRange, BytesResult } from '../../engine/views/protocol.ts';
import type { Scroll } from '../scroll.ts';

export const ROW_BYTES = 16;

/** A byte on screen. Undefined if it is not known yet, `missing` if the file lacks it. */
export type ByteOnScreen = number | 'missing' | undefined;

export function bytesScroll(size: number, visibleRows: number, top: number): Scroll {
  return { rows: Math.ceil(size / ROW_BYTES), seen: visibleRows, top: top / ROW_BYTES };
}

/** Returns the bytes of the row at `offset`, up to the image's end. */
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

export function isBytesResultEnough(result: BytesResult, size: number, top: number, visibleRows: number): boolean {
  const screen = Math.ceil(visibleRows + 1) * ROW_BYTES;
  const first = Math.floor(top / ROW_BYTES) * ROW_BYTES;
  const end = result.offset + result.bytes.length;
  return result.offset <= Math.max(0, first - screen / 2) && end >= Math.min(size, first + 1.5 * screen);
}
