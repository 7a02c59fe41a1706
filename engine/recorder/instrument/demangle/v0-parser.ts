import { decodePunycode } from './punycode.ts';

/** A symbol that does not follow the grammar, or is too costly to read. Only this folder throws and catches it. */
export class NotV0 extends Error {}

const DIGITS_62 = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * Maximum steps for each character of a symbol. References back may repeat long parts, in which there are such references again.
 */
const MAX_STEPS_EACH = 64;

/**
 * A reader of the tokens of Rust's v0 mangling (RFC 2603).
 *
 * @throws {NotV0} from every method, if the symbol does not follow the grammar.
 */
export class V0Parser {
  readonly #symbol: string;
  #stepsLeft: number;
  position = 0;

  /** `symbol`: what is after `_R`. */
  constructor(symbol: string) {
    this.#symbol = symbol;
    this.#stepsLeft = MAX_STEPS_EACH * symbol.length;
  }

  get isAtEnd(): boolean {
    return this.position >= this.#symbol.length;
  }

  /** Counts steps that are done. A character of the result is a step, too. */
  spend(steps: number): void {
    this.#stepsLeft -= steps;
    if (this.#stepsLeft < 0) throw new NotV0();
  }

  peek(): string {
    return this.#symbol[this.position] ?? '';
  }

  next(): string {
    const character = this.peek();
    if (character === '') throw new NotV0();
    this.position += 1;
    return character;
  }

  /** Skips a character if it is the next one. Returns whether it was. */
  eat(character: string): boolean {
    const isNext = this.peek() === character;
    if (isNext) this.position += 1;
    return isNext;
  }

  /**
   * Reads a number with base 62. One without digits is 0, and `0` is 1. Hashes of crates have 64 bits and are not exact, but
   * nobody sees them.
   */
  integer62(): number {
    if (this.eat('_')) return 0;
    let value = 0;
    while (!this.eat('_')) {
      const digit = DIGITS_62.indexOf(this.next());
      value = value * 62 + digit;
      if (digit < 0) throw new NotV0();
    }
    return value + 1;
  }

  /** Reads a number after its tag. It is 0 if the tag is missing. */
  optionalInteger62(tag: string): number {
    return this.eat(tag) ? this.integer62() + 1 : 0;
  }

  /** Reads the number that tells items of one name apart. */
  disambiguator(): number {
    return this.optionalInteger62('s');
  }

  identifier(): string {
    const isPunycode = this.eat('u');
    const length = this.#decimal();
    this.eat('_');
    const start = this.position;
    this.position += length;
    if (this.position > this.#symbol.length) throw new NotV0();
    this.spend(length);
    const text = this.#symbol.slice(start, this.position);
    if (!isPunycode) return text;
    const decoded = decodePunycode(text);
    if (decoded === undefined) throw new NotV0();
    return decoded;
  }

  /** Reads hexadecimal digits up to an underscore. */
  hexDigits(): string {
    const start = this.position;
    while (/^[0-9a-f]$/.test(this.peek())) this.position += 1;
    const digits = this.#symbol.slice(start, this.position);
    this.spend(digits.length);
    if (!this.eat('_')) throw new NotV0();
    return digits;
  }

  #decimal(): number {
    if (this.eat('0')) return 0;
    const start = this.position;
    while (/^[0-9]$/.test(this.peek())) this.position += 1;
    if (this.position === start) throw new NotV0();
    return Number(this.#symbol.slice(start, this.position));
  }
}
