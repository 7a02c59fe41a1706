/** Rows of the byte view: sixteen bytes each, from the image's first byte on. */
import type { ByteRange, BytesResult } from '../../engine/views/protocol.ts';
import type { Scroll } from '../scroll.ts';

export const ROW_BYTES = 16;

/** One byte on screen; undefined value: not known yet, `missing`: the file does not have it. */
export type ByteOnScreen = number | 'missing' | undefined;

export function bytesScroll(size: number, rowsSeen: number, top: number): Scroll {
  return { rows: Math.ceil(size / ROW_BYTES), seen: rowsSeen, top: top / ROW_BYTES };
}

/** The bytes of the row at `offset`, up to the image's end. */
export function rowAt(result: BytesResult | undefined, offset: number, size: number): readonly ByteOnScreen[] {
  return Array.from({ length: Math.min(ROW_BYTES, size - offset) }, (_, column): ByteOnScreen => {
    const at = offset + column;
    if (result === undefined) return undefined;
    if (result.missing.some(({ start, length }) => at >= start && at < start + length)) return 'missing';
    return result.bytes[at - result.offset];
  });
}

/** Whether the byte at `at` is another than at the moment before; no, where that is not known. */
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

/** Printable ASCII as itself, everything else as a dot. */
export function characterOf(byte: ByteOnScreen): string {
  if (byte === 'missing') return '·';
  if (byte === undefined) return ' ';
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
}

/** What to ask for the rows on screen: two screens around them, on round addresses. */
export function bytesQuestion(size: number, top: number, rowsSeen: number): ByteRange {
  const screen = Math.ceil(rowsSeen + 1) * ROW_BYTES;
  const first = Math.floor(top / ROW_BYTES) * ROW_BYTES;
  const start = Math.floor(Math.max(0, first - 2 * screen) / 1024) * 1024;
  return { start, length: Math.min(first + 3 * screen, size) - start };
}

export function bytesSuffice(result: BytesResult, size: number, top: number, rowsSeen: number): boolean {
  const screen = Math.ceil(rowsSeen + 1) * ROW_BYTES;
  const first = Math.floor(top / ROW_BYTES) * ROW_BYTES;
  const end = result.offset + result.bytes.length;
  return result.offset <= Math.max(0, first - screen / 2) && end >= Math.min(size, first + 1.5 * screen);
}
