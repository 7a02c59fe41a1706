/** JSON (RFC 8259) as items, read from its bytes, so that a fault has a position in them. */
import { formatCount } from '../../../core/format.ts';
import { Cursor } from '../../cursor.ts';
import { decodeUtf8, validUtf8Length } from '../../utf8.ts';
import { type ItemReading, ItemTree } from './item-tree.ts';

/** Maximum nesting, as in the other encodings. */
const MAX_DEPTH = 1_024;
/** Maximum characters of a number. */
const MAX_WORD = 4_096;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/;
const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** Reads JSON that takes all of `bytes`. */
export function readJsonItems(bytes: Uint8Array): ItemReading {
  return new Reader(bytes).read();
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #cursor: Cursor;
  readonly #tree = new ItemTree();
  /** The closing brackets of what is open, the innermost last. */
  readonly #ends: number[] = [];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#cursor = new Cursor(bytes);
  }

  read(): ItemReading {
    do while (this.#value()) {}
    while (this.#continues());
    if (this.#cursor.problem === undefined && this.#cursor.left > 0) this.#fail('The value ends here, but more follows.');
    const { reason, failedAt = 0 } = this.#cursor;
    const { root } = this.#tree;
    if (reason !== undefined || root === undefined) return { problem: reason ?? '', at: failedAt };
    return { item: root };
  }

  /** Reads what follows after a value: a comma, and in an object the next key, or closing brackets. Returns whether a value follows. */
  #continues(): boolean {
    for (let end = this.#ends.at(-1); ; end = this.#ends.at(-1)) {
      const byte = this.#peek();
      if (this.#cursor.problem !== undefined || end === undefined) return false;
      if (byte === end) {
        this.#cursor.byte();
        this.#ends.pop();
        this.#tree.close();
        continue;
      }
      if (byte !== COMMA) {
        this.#fail(`A comma or "${String.fromCharCode(end)}" should be here.`);
        return false;
      }
      this.#cursor.byte();
      if (end === CLOSE_OBJECT) this.#key();
      return this.#cursor.problem === undefined;
    }
  }

  /** Reads a value, or the beginning of an array or object. Returns whether its first value is next. */
  #value(): boolean {
    const byte = this.#peek();
    const start = this.#cursor.position;
    if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) return this.#open(byte, start);
    if (byte === QUOTE) this.#tree.leaf(start, this.#string());
    else this.#word(start);
    return false;
  }

  #open(byte: number, start: number): boolean {
    if (this.#tree.depth === MAX_DEPTH) this.#fail(`Items nest more than ${formatCount(MAX_DEPTH)} deep.`);
    this.#cursor.byte();
    const isArray = byte === OPEN_ARRAY;
    const end = isArray ? CLOSE_ARRAY : CLOSE_OBJECT;
    this.#tree.open(isArray ? 'array' : 'map', start);
    if (this.#peek() === end) {
      this.#cursor.byte();
      this.#tree.close();
      return false;
    }
    this.#ends.push(end);
    if (!isArray) this.#key();
    return this.#cursor.problem === undefined;
  }

  #key(): void {
    if (this.#peek() !== QUOTE) this.#fail('A key in quotes should be here.');
    const start = this.#cursor.position;
    this.#tree.leaf(start, this.#string());
    if (this.#peek() !== COLON) this.#fail('A colon should be here.');
    this.#cursor.byte();
  }

  #string(): string {
    const start = this.#cursor.position;
    this.#cursor.byte();
    for (let byte = this.#cursor.byte(); byte !== QUOTE && this.#cursor.problem === undefined; byte = this.#cursor.byte()) {
      if (byte < 0x20) this.#fail('A text cannot have a control character.', this.#cursor.position - 1);
      if (byte === BACKSLASH) this.#escape();
    }
    if (this.#cursor.problem !== undefined) return '';
    const bytes = this.#bytes.subarray(start, this.#cursor.position);
    const text = decodeUtf8(bytes);
    if (text === undefined) this.#fail('The text is not UTF-8.', start + validUtf8Length(bytes));
    return text === undefined ? '' : JSON.parse(text);
  }

  #escape(): void {
    const start = this.#cursor.position - 1;
    const letter = String.fromCharCode(this.#cursor.byte());
    if (letter === 'u') {
      for (let digit = 0; digit < 4; digit++)
        if (!/[\da-fA-F]/.test(String.fromCharCode(this.#cursor.byte()))) this.#fail('\\u has four hex digits.', start);
    } else if (!'"\\/bfnrt'.includes(letter)) this.#fail(`\\${letter} is not an escape.`, start);
  }

  #word(start: number): void {
    let end = start;
    while (/[-+.\w]/.test(String.fromCharCode(this.#bytes[end] ?? 0))) end += 1;
    const word = String.fromCharCode(...this.#bytes.subarray(start, Math.min(end, start + MAX_WORD)));
    const known = WORDS.get(word);
    const [number] = NUMBER.exec(word) ?? [];
    if (known !== undefined) this.#tree.leaf(start, known);
    else if (number !== undefined && number.length === end - start) this.#tree.leaf(start, Number(number));
    else this.#fail('A value should be here.', start + (number?.length ?? 0));
    this.#cursor.take(end - start);
  }

  /** Returns the next byte that is not blank, without going past it. 0 at the end. */
  #peek(): number {
    for (;;) {
      const byte = this.#bytes[this.#cursor.position];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte ?? 0;
      if (this.#cursor.problem !== undefined) return 0;
      this.#cursor.byte();
    }
  }

  #fail(problem: string, at?: number): void {
    if (this.#cursor.left === 0) this.#cursor.fail('The bytes end too early.');
    this.#cursor.fail(problem, at);
  }
}
