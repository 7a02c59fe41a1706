import { fromHex } from '../../../core/format.ts';
import { walkCbor } from '../../codecs/cbor.ts';
import { walkMessagePack } from '../../codecs/messagepack.ts';
import { type ItemWriter, OpenItems } from '../../codecs/nested-items.ts';
import { Cursor } from '../../cursor.ts';
import { type ItemReading, ItemTree } from './item-tree.ts';
import { readJsonItems } from './json-items.ts';

export const ITEM_ENCODINGS = ['json', 'cbor', 'messagepack'] as const;
export type ItemEncoding = (typeof ITEM_ENCODINGS)[number];

/** Reads a value in an encoding of items. */
export function readItems(bytes: Uint8Array, encoding: ItemEncoding): ItemReading {
  if (encoding === 'json') return readJsonItems(bytes);
  const cursor = new Cursor(bytes);
  const items = new TreeWriter(cursor);
  if (encoding === 'cbor') walkCbor(cursor, items);
  else walkMessagePack(cursor, items);
  const { reason, failedAt = 0, left, position } = cursor;
  if (reason !== undefined) return { problem: reason, at: failedAt };
  const { root } = items.tree;
  if (left > 0 || root === undefined) return { problem: 'The value ends here, but more follows.', at: position };
  return { item: root };
}

/** Makes a tree of the items that a reader of CBOR or MessagePack finds. */
class TreeWriter extends OpenItems implements ItemWriter {
  readonly tree = new ItemTree();

  begin(): string {
    const open = this.innermost;
    if (open !== undefined) open.done += 1;
    return '';
  }

  leaf(start: number, _label: string, text: string): void {
    this.tree.leaf(start, leafValue(text));
  }

  push(kind: 'array' | 'map' | 'tag', start: number, label: string, count: number | undefined): void {
    this.tree.open(kind, start);
    this.open(kind, label, count);
  }

  close(): void {
    this.pop();
    this.tree.close();
  }
}

/** Returns the value of a leaf in diagnostic notation, as JSON has it (RFC 8949, 6.1): bytes in base64url, and null for what JSON lacks. */
function leafValue(text: string): unknown {
  if (text.startsWith('"')) return JSON.parse(text);
  if (text.startsWith("h'")) return base64url(text.slice(2, -1));
  if (text.startsWith('(_')) {
    const chunks = [...text.matchAll(/"(?:[^"\\]|\\.)*"|h'([\da-f]*)'/g)];
    const isText = chunks.every(([, hex]) => hex === undefined);
    return isText ? chunks.map(([chunk]) => JSON.parse(chunk)).join('') : base64url(chunks.map(([, hex]) => hex).join(''));
  }
  if (text === 'true' || text === 'false') return text === 'true';
  if (text.startsWith('timestamp(')) return JSON.parse(text.slice('timestamp('.length, -1));
  if (text.startsWith('ext(')) return text;
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Returns bytes in base64url (RFC 4648), without padding. */
function base64url(hex: string): string {
  const bytes = fromHex(hex) ?? new Uint8Array(0);
  let text = '';
  for (let start = 0; start < bytes.length; start += 3) {
    const bits = ((bytes[start] ?? 0) << 16) | ((bytes[start + 1] ?? 0) << 8) | (bytes[start + 2] ?? 0);
    const digits = Math.min(4, bytes.length - start + 1);
    for (let digit = 0; digit < digits; digit++) text += DIGITS[(bits >> (18 - 6 * digit)) & 63];
  }
  return text;
}
