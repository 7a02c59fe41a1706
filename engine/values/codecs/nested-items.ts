import { formatCount } from '../../core/format.ts';
import { type Composition, labelWithin } from '../composition.ts';
import type { Cursor } from '../cursor.ts';

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

/**
 * A writer for the nested items of CBOR and MessagePack, front to back, in CBOR's diagnostic notation. It uses a list instead of
 * recursion, because the input decides how deep items nest. Each item takes a byte, so their number is bounded.
 */
export class NestedItems {
  readonly #cursor: Cursor;
  readonly #out: Composition;
  /** Label of an item that is the whole value. */
  readonly #name: string;
  readonly #open: OpenItem[] = [];

  constructor(cursor: Cursor, out: Composition, name: string) {
    this.#cursor = cursor;
    this.#out = out;
    this.#name = name;
  }

  /** Returns the innermost item that is not yet complete. */
  get innermost(): OpenItem | undefined {
    return this.#open.at(-1);
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

  /** Writes an item without inner items, which ends at the cursor. */
  leaf(start: number, label: string, text: string): void {
    this.#out.writePart(start, this.#cursor.position, label === '' ? this.#name : label, text);
    const open = this.innermost;
    if (open?.kind === 'map' && open.done % 2 === 1) open.key = text.startsWith('"') ? `.${text.slice(1, -1)}` : `[${text}]`;
  }

  /** Opens an item whose head ends at the cursor. `opening` is the text before its first inner item. */
  push(kind: OpenItem['kind'], start: number, label: string, count: number | undefined, opening: string): void {
    const size = count === undefined ? '' : kind === 'map' ? ` of ${count / 2}` : ` of ${count}`;
    const text = kind === 'tag' ? opening.slice(0, -1) : `${kind}${size}`;
    this.#out.name(start, this.#cursor.position, label === '' ? kind : label, text);
    this.#out.write(opening);
    if (this.#open.length === MAX_DEPTH) this.#cursor.fail(`Items nest more than ${formatCount(MAX_DEPTH)} deep.`);
    this.#open.push({ kind, label, count, done: 0, key: '' });
  }

  /** Closes the innermost item. */
  close(): void {
    const open = this.#open.pop();
    if (open !== undefined) this.#out.write(open.kind === 'map' ? '}' : open.kind === 'array' ? ']' : ')');
  }

  /** Closes all items that have as many inner items as they declared. */
  closeComplete(): void {
    for (let open = this.innermost; open && open.count === open.done; open = this.innermost) this.close();
  }
}
