import type { Budget } from '../../core/budget.ts';
import { formatCount, formatCounted, toHex } from '../../core/format.ts';
import { type Address, readBytes } from '../../core/memory/memory.ts';
import { quote } from '../../values/codec.ts';
import { formatFloat } from '../../values/codecs/floats.ts';
import { formatPrincipal, MAX_PRINCIPAL_BYTES } from '../../values/codecs/principal.ts';
import type { HeapObject } from './layout.ts';
import type { Item, Shape, TypedHeap, TypedWord } from './typed.ts';

/** Maximum bytes of a blob that are shown. */
const MAX_BYTES = 32;
/** Maximum parts of a concatenated text that are read. */
const MAX_PARTS = 100_000;
/** Maximum open values that are closed one by one where a text is cut. */
const MAX_CLOSED = 8;
/** Items read at a time. */
const BATCH = 16;
/** Maximum hexadecimal digits of a number that is written out. */
const MAX_HEX_DIGITS = 1_024;

/** A composite value while it is written. */
interface Open {
  readonly close: string;
  readonly separator: string;
  readonly count: number;
  readonly items: Iterator<Item>;
  written: number;
}

/**
 * Writes a value roughly as its program would: `{ name = "x"; tags = [1, 2] }`. Cuts it at about `limit` characters, and counts
 * what is left out. To count them, goes through lists within the budget.
 */
export function textOfTyped(typed: TypedHeap, value: TypedWord, limit: number, budget: Budget): string {
  let text = '';
  const open: Open[] = [];
  /** Writes a value, and opens it if it holds others. */
  const write = (word: TypedWord): void => {
    let next: TypedWord | undefined = word;
    let closers = '';
    do {
      const shape: Shape = typed.shape(next);
      next = undefined;
      if (shape.kind === 'option' || shape.kind === 'weak') {
        text += shape.kind === 'option' ? '?' : 'weak ';
        next = shape.inner;
      } else if (shape.kind === 'tag') {
        text += `#${shape.name}`;
        if (shape.inner === undefined) break;
        const isTuple = typed.shape(shape.inner).kind === 'tuple';
        text += isTuple ? '' : '(';
        closers += isTuple ? '' : ')';
        next = shape.inner;
      } else if (shape.kind === 'array' || shape.kind === 'tuple' || shape.kind === 'record') {
        const [begin, close, separator] = BRACKETS[shape.kind];
        text += begin;
        open.push({ close: close + closers, separator, count: shape.count, items: itemsOf(shape), written: 0 });
        return;
      } else if (shape.kind === 'list') {
        const { count, whole } = typed.lengthOf(shape.first, budget);
        text += `list of ${formatCount(count)}${whole ? '' : ' or more'} [`;
        open.push({ close: `]${closers}`, separator: ', ', count, items: typed.listItems(shape.first), written: 0 });
        return;
      } else text += leafText(typed, shape, limit);
    } while (next !== undefined && text.length <= limit);
    text += `${next === undefined ? '' : '…'}${closers}`;
  };
  write(value);
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    if (text.length > limit) return text + cutShort(open);
    const { done, value: item } = top.items.next();
    if (done === true) {
      text += top.close;
      open.pop();
      continue;
    }
    text += `${top.written === 0 ? '' : top.separator}${item.name === undefined ? '' : `${item.name} = `}`;
    top.written += 1;
    write(item.value);
  }
  return text;
}

const BRACKETS = {
  array: ['[', ']', ', '],
  tuple: ['(', ')', ', '],
  record: ['{ ', ' }', '; '],
} as const;

/** Returns the end of a text that is cut: how many more items each open value has, and its closing bracket. */
function cutShort(open: readonly Open[]): string {
  const ends = open
    .slice(-MAX_CLOSED)
    .reverse()
    .map(({ count, written, close, separator }) => {
      const left = count - written;
      return left > 0 ? `${separator}… ${formatCount(left)} more${close}` : close;
    });
  return ends.join('') + (open.length > MAX_CLOSED ? '…' : '');
}

function* itemsOf(shape: Shape & { readonly kind: 'array' | 'tuple' | 'record' }): Generator<Item> {
  for (let from = 0; from < shape.count; from += BATCH) yield* shape.items(from, from + BATCH);
}

function leafText(typed: TypedHeap, shape: Shape, limit: number): string {
  switch (shape.kind) {
    case 'number':
      return numberText(shape.value);
    case 'float':
      return formatFloat(shape.value, 8);
    case 'char':
      return shape.value < 0x11_0000n ? `'${String.fromCodePoint(Number(shape.value))}'` : UNREAD_TEXT;
    case 'word':
      return shape.text;
    case 'bytes':
      return bytesText(typed, shape.object, limit);
    case 'rope':
      return textOfParts(typed, shape.object, shape.object.length, limit);
    case 'function': {
      const [actor, method] = [shape.actor, shape.method].map((part) => leafText(typed, typed.shape(part), limit));
      return `${actor}.${method?.replace(/^"(.*)"$/, '$1')}`;
    }
    default:
      return UNREAD_TEXT;
  }
}

const UNREAD_TEXT = '(not read)';

function numberText(value: bigint): string {
  const digits = value.toString(16).length;
  return digits <= MAX_HEX_DIGITS ? String(value) : `(a number of about ${formatCount(4 * digits)} bits)`;
}

function bytesText(typed: TypedHeap, object: HeapObject & { readonly kind: 'bytes' }, limit: number): string {
  const { start, length } = object.bytes;
  if (object.of === 'text') return textOfParts(typed, object, length, limit);
  if ((object.of === 'principal' || object.of === 'actor') && length <= MAX_PRINCIPAL_BYTES) {
    return formatPrincipal(readBytes(typed.heap.memory, start, length));
  }
  const shown = toHex(readBytes(typed.heap.memory, start, Math.min(length, MAX_BYTES))).replace(/../g, '\\$&');
  return `"${shown}"${length > MAX_BYTES ? `… (${formatCounted(length, 'byte')})` : ''}`;
}

/** Returns a text in quotes, put together from its concatenated parts. */
function textOfParts(typed: TypedHeap, object: HeapObject, length: number, limit: number): string {
  const decoder = new TextDecoder();
  const open: Address[] = [object.address];
  let text = '';
  for (let parts = 0; parts < MAX_PARTS && text.length <= limit; parts++) {
    const address = open.pop();
    const part = address === undefined ? undefined : typed.heap.object(address);
    if (part === undefined) break;
    if (part.kind === 'concatenation') {
      for (const slot of typed.heap.read(part.slots).toReversed()) if (slot.kind === 'pointer') open.push(slot.to);
    } else if (part.kind === 'bytes') {
      const { start, length: bytes } = part.bytes;
      text += decoder.decode(readBytes(typed.heap.memory, start, Math.min(bytes, 4 * limit)), { stream: true });
    }
  }
  const characters = [...text];
  if (characters.length <= limit && open.length === 0) return quote(text);
  return `${quote(characters.slice(0, limit).join(''))}… (${formatCounted(length, 'byte')})`;
}
