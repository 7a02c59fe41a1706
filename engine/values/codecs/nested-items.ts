import { formatCount } from '../../core/format.ts';
import type { Excerpt, Reading } from '../codec.ts';
import { Composition, labelWithin } from '../composition.ts';
import { Cursor } from '../cursor.ts';

/** Maximum nesting depth. Decoders in canisters give up no later: ciborium at 256, rmp-serde at 1,024. */
const MAX_DEPTH = 1_024;

/** An array, a map, or a tag's parenthesis that is not yet complete. */
export interface OpenItem {
  readonly kind: 'array' | 'map' | 'tag';
  readonly label: string;
  /** Number of items that it will have, including keys, or undefined if a break ends it. */
  readonly count: number | undefined;
  done: number;
  /** In a map: the label of the next value, from its key. */
  key: string;
}

/** A receiver of the items that a reader of CBOR or MessagePack finds, front to back. */
export interface ItemWriter {
  /** The innermost item that is not yet complete. */
  readonly innermost: OpenItem | undefined;
  /** Begins the next item and returns its label. */
  begin(): string;
  /** Adds an item without inner items, which ends at the cursor. `text` is in CBOR's diagnostic notation. */
  leaf(start: number, label: string, text: string): void;
  /** Opens an item whose head ends at the cursor. `opening` is the text before its first inner item. */
  push(kind: OpenItem['kind'], start: number, label: string, count: number | undefined, opening: string): void;
  /** Closes the innermost item. */
  close(): void;
  /** Closes all items that have as many inner items as they declared. */
  closeComplete(): void;
}

/**
 * The items that are not yet complete, in a list instead of recursion, because the input decides how deep items nest. Each item takes
 * a byte, so their number is bounded.
 */
export abstract class OpenItems {
  readonly #cursor: Cursor;
  readonly #open: OpenItem[] = [];

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  get innermost(): OpenItem | undefined {
    return this.#open.at(-1);
  }

  abstract close(): void;

  closeComplete(): void {
    for (let open = this.innermost; open && open.count === open.done; open = this.innermost) this.close();
  }

  protected open(kind: OpenItem['kind'], label: string, count: number | undefined): void {
    if (this.#open.length === MAX_DEPTH) this.#cursor.fail(`Items nest more than ${formatCount(MAX_DEPTH)} deep.`);
    this.#open.push({ kind, label, count, done: 0, key: '' });
  }

  protected pop(): OpenItem | undefined {
    return this.#open.pop();
  }

  protected get position(): number {
    return this.#cursor.position;
  }
}

/**
 * Reads the item at the start of `bytes` as text in CBOR's diagnostic notation. `walk` passes it to a writer; `name` is the label of an item
 * that is the whole value.
 */
export function readNested(
  bytes: Uint8Array,
  { length, maxParts }: Excerpt,
  name: string,
  walk: (cursor: Cursor, items: ItemWriter) => void,
): Reading {
  const cursor = new Cursor(bytes, length);
  const out = new Composition(maxParts);
  walk(cursor, new NestedItems(cursor, out, name));
  const { problem, failedAt, cut, position } = cursor;
  if (problem !== undefined && !cut) return { problem, at: failedAt };
  const decoded = { text: out.text, parts: out.parts };
  return problem === undefined ? { decoded, length: position } : { problem, partial: decoded };
}

/** A writer of items as text. */
class NestedItems extends OpenItems implements ItemWriter {
  readonly #out: Composition;
  readonly #name: string;

  constructor(cursor: Cursor, out: Composition, name: string) {
    super(cursor);
    this.#out = out;
    this.#name = name;
  }

  /** Writes the punctuation before the next item and returns that item's label. */
  begin(): string {
    const open = this.innermost;
    if (open === undefined) return '';
    const position = open.done;
    open.done += 1;
    if (open.kind === 'tag') return open.label;
    if (open.kind === 'array') {
      if (position > 0) this.#out.write(', ');
      return labelWithin(open.label, `[${position}]`);
    }
    if (position % 2 === 1) {
      this.#out.write(': ');
      return labelWithin(open.label, open.key);
    }
    if (position > 0) this.#out.write(', ');
    open.key = '.…';
    return open.label === '' ? 'key' : labelWithin(open.label, ' key');
  }

  leaf(start: number, label: string, text: string): void {
    this.#out.writePart(start, this.position, label === '' ? this.#name : label, text);
    const open = this.innermost;
    if (open?.kind === 'map' && open.done % 2 === 1) open.key = text.startsWith('"') ? `.${text.slice(1, -1)}` : `[${text}]`;
  }

  push(kind: OpenItem['kind'], start: number, label: string, count: number | undefined, opening: string): void {
    const size = count === undefined ? '' : kind === 'map' ? ` of ${count / 2}` : ` of ${count}`;
    const text = kind === 'tag' ? opening.slice(0, -1) : `${kind}${size}`;
    this.#out.name(start, this.position, label === '' ? kind : label, text);
    this.#out.write(opening);
    this.open(kind, label, count);
  }

  close(): void {
    const open = this.pop();
    if (open !== undefined) this.#out.write(open.kind === 'map' ? '}' : open.kind === 'array' ? ']' : ')');
  }
}
