/**
 * Bytes as a page of text: header lines, an empty line, then rows of address, hex digits and characters.
 *
 *     memory 3 "users" › BTreeMap › entry 4
 *
 *     000001cf  68 65 6c 6c 6f 2c 20 77  6f 72 6c 64              |hello, world|
 */
import { formatAddress, formatCount, toHex } from '../core/format.ts';

const ROW = 16;

/** Minimum digits of an address. Longer addresses shift the columns of a row to the right. */
const SHORT_ADDRESS = 8;

/** Maximum bytes of one page, which then has less than 256 KiB of text. */
export const MAX_HEX_BYTES = 49_152;

/** Returns the bytes as text. `base` is the address of the first one. A last line counts the bytes that do not fit. */
export function renderHexText(bytes: Uint8Array, base: number, headerLines: readonly string[]): string {
  const shown = bytes.subarray(0, MAX_HEX_BYTES);
  const digits = Math.max(SHORT_ADDRESS, (base + shown.length).toString(16).length);
  const lines = [...headerLines, ''];
  for (let start = 0; start < shown.length; start += ROW) {
    lines.push(renderRow(shown.subarray(start, start + ROW), base + start, digits));
  }
  if (bytes.length > shown.length) {
    lines.push(`… ${formatCount(bytes.length - shown.length)} more bytes, from ${formatAddress(base + shown.length)} on.`);
  }
  return `${lines.join('\n')}\n`;
}

function renderRow(bytes: Uint8Array, address: number, digits: number): string {
  const pairs = Array.from(bytes, (byte) => toHex(Uint8Array.of(byte)));
  const left = pairs.slice(0, ROW / 2).join(' ');
  const right = pairs.slice(ROW / 2).join(' ');
  const hex = `${left.padEnd(23)}  ${right.padEnd(23)}`;
  const characters = Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
  return `${address.toString(16).padStart(digits, '0')}  ${hex}  |${characters}|`;
}

export interface HexRow {
  /** Line number in the text, from 0. */
  readonly line: number;
  readonly address: number;
  readonly bytes: Uint8Array;
  /** Columns of the first hex digit and of the first character. */
  readonly hexAt: number;
  readonly charactersAt: number;
}

const ROW_SHAPE = /^([0-9a-f]{8,16}) {2}((?:[0-9a-f]{2}(?: {1,2}|$))+) *\|/;

/** Returns the rows of such a page with their bytes. Skips lines with any other form. */
export function parseHexText(lines: readonly string[]): readonly HexRow[] {
  const rows: HexRow[] = [];
  for (const [line, text] of lines.entries()) {
    const [, address, hex] = ROW_SHAPE.exec(text) ?? [];
    if (address === undefined || hex === undefined) continue;
    const bytes = Uint8Array.from(hex.trim().split(/ +/), (pair) => Number.parseInt(pair, 16));
    const hexAt = address.length + 2;
    rows.push({ line, address: Number.parseInt(address, 16), bytes, hexAt, charactersAt: hexAt + 51 });
  }
  return rows;
}

/** Returns all bytes of the page, in order. */
export function bytesOfRows(rows: readonly HexRow[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(rows.reduce((sum, row) => sum + row.bytes.length, 0));
  let done = 0;
  for (const row of rows) {
    all.set(row.bytes, done);
    done += row.bytes.length;
  }
  return all;
}

/** Returns the index of the byte at a column of a row, in hex or as a character, or undefined between them. */
export function byteInRow(row: HexRow, column: number): number | undefined {
  const characters = column - row.charactersAt;
  if (characters >= 0) return characters < row.bytes.length ? characters : undefined;
  // After the eighth byte the columns are shifted by one.
  const place = column - row.hexAt;
  if (place < 0) return undefined;
  const index = place < 24 ? Math.floor(place / 3) : Math.floor((place - 1) / 3);
  return index < row.bytes.length ? index : undefined;
}
