import { NO_BYTES, UsualEvents } from './usual-events.ts';

const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const LETTER_N = 0x6e;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;

/** Digits of a number that is surely below 2^53. */
const MAX_DIGITS = 15;
const NULL = [0x6e, 0x75, 0x6c, 0x6c];
/** `{"h":` before the hexadecimal digits of a byte string in quotes, and `}` after them. */
const BYTES = [0x7b, 0x22, 0x68, 0x22, 0x3a];
const BYTES_END = 0x7d;

/** The usual events of JSON Lines: `[5,0,64,{"h":"00ff"}]`, one a line, with or without spaces after commas and colons. */
export class JsonEvents extends UsualEvents {
  protected open(): number {
    if (this.#next() !== OPEN) return -1;
    this.position += 1;
    return this.#number();
  }

  /** Reads the end of the list and of the line. */
  protected close(): void {
    if (this.#next() !== CLOSE) this.failed = true;
    this.position += 1;
    if (this.#next() === RETURN) this.position += 1;
    if (this.#next() !== LINE_FEED) this.failed = true;
    this.position += 1;
  }

  protected uint(): number {
    this.#comma();
    return this.#number();
  }

  protected pagesBefore(): number {
    this.#comma();
    if (this.#next() !== MINUS) return this.#number();
    this.position += 1;
    if (this.#number() !== 1) this.failed = true;
    return -1;
  }

  protected byteString(): Uint8Array {
    this.#comma();
    this.#literal(BYTES);
    if (this.#next() === SPACE) this.position += 1;
    if (this.#next() !== QUOTE) this.failed = true;
    const start = this.position + 1;
    const end = this.failed ? -1 : this.bytes.indexOf(QUOTE, start);
    if (end === -1 || (end - start) % 2 === 1 || this.bytes[end + 1] !== BYTES_END) {
      this.failed = true;
      return NO_BYTES;
    }
    this.position = end + 2;
    const bytes = new Uint8Array((end - start) / 2);
    for (let index = 0; index < bytes.length; index++) {
      const value = 16 * this.#digit(start + 2 * index) + this.#digit(start + 2 * index + 1);
      bytes[index] = value;
    }
    return bytes;
  }

  protected large(): bigint {
    return BigInt(this.uint());
  }

  protected isAbsent(): boolean {
    if (this.#next() === CLOSE) return true;
    const before = this.position;
    this.#comma();
    if (this.#next() === LETTER_N) {
      this.#literal(NULL);
      return true;
    }
    this.position = before;
    return false;
  }

  #next(): number {
    return this.bytes[this.position] ?? -1;
  }

  /** Reads a comma and the space after it, if there is one. */
  #comma(): void {
    if (this.#next() !== COMMA) this.failed = true;
    this.position += 1;
    if (this.#next() === SPACE) this.position += 1;
  }

  #literal(text: readonly number[]): void {
    for (const letter of text) {
      if (this.#next() !== letter) this.failed = true;
      this.position += 1;
    }
  }

  #number(): number {
    const { bytes } = this;
    const start = this.position;
    let value = 0;
    let end = start;
    for (;;) {
      const digit = bytes[end] ?? 0;
      if (digit < ZERO || digit > NINE) break;
      value = value * 10 + digit - ZERO;
      end += 1;
    }
    this.position = end;
    const digits = end - start;
    // No number in JSON starts with a zero that is not its only digit.
    if (digits === 0 || digits > MAX_DIGITS || (digits > 1 && bytes[start] === ZERO)) this.failed = true;
    return value;
  }

  /** Returns the value of a hexadecimal digit. */
  #digit(position: number): number {
    const letter = this.bytes[position] ?? 0;
    if (letter >= ZERO && letter <= NINE) return letter - ZERO;
    const value = (letter | 0x20) - 0x57;
    if (value >= 10 && value <= 15) return value;
    this.failed = true;
    return 0;
  }
}
