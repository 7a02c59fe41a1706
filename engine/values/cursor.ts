import { decodeUtf8, validUtf8Length } from './utf8.ts';

const NOTHING = new Uint8Array(0);

/**
 * A forward reader of arbitrary bytes. The first problem sticks: after it everything reads as zero or empty. So callers check
 * `problem` only where it matters, and not after every byte.
 */
export class Cursor {
  readonly bytes: Uint8Array;
  /** Length of the value. Greater than the number of bytes, if these are only its beginning. */
  readonly #length: number;
  #position = 0;
  #reason: string | undefined;
  #problem: string | undefined;
  #failedAt: number | undefined;
  #cut = false;

  constructor(bytes: Uint8Array, length = bytes.length) {
    this.bytes = bytes;
    this.#length = length;
  }

  get position(): number {
    return this.#position;
  }

  /** Returns the number of bytes of the value that are not yet read. */
  get left(): number {
    return this.#length - this.#position;
  }

  /** Returns whether the only problem is that the bytes are just the beginning of the value and were read to their end. */
  get cut(): boolean {
    return this.#cut;
  }

  /** Returns a sentence about the first problem, with its position, or undefined if there is none. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Returns the same sentence without the position. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** Returns the position of the first problem. */
  get failedAt(): number | undefined {
    return this.#failedAt;
  }

  /** Notes a problem at a position, by default the current one. */
  fail(problem: string, at = this.#position): void {
    if (this.#problem !== undefined) return;
    this.#reason = problem;
    this.#problem = `${problem} (byte ${at})`;
    this.#failedAt = at;
  }

  /** Goes back to a position that was read before. */
  returnTo(position: number): void {
    if (this.#problem === undefined) this.#position = position;
  }

  byte(): number {
    const byte = this.#problem === undefined ? this.bytes[this.#position] : 0;
    if (byte === undefined) {
      if (this.left > 0) this.#endOfBeginning();
      else this.fail('The bytes end too early.');
      return 0;
    }
    if (this.#problem === undefined) this.#position += 1;
    return byte;
  }

  /** Returns a view of the next `length` bytes. */
  take(length: number): Uint8Array {
    if (length > this.left) this.fail(`${length} bytes should follow, but there are ${this.left}.`);
    if (this.#position + length > this.bytes.length) this.#endOfBeginning();
    if (this.#problem !== undefined) return NOTHING;
    this.#position += length;
    return this.bytes.subarray(this.#position - length, this.#position);
  }

  #endOfBeginning(): void {
    if (this.#problem !== undefined) return;
    this.#cut = true;
    this.fail('Only the beginning of the value was read.');
  }

  /** Returns the next `length` bytes as UTF-8. */
  text(length: number): string {
    const bytes = this.take(length);
    const text = decodeUtf8(bytes);
    if (text === undefined) this.fail('The text is not UTF-8.', this.#position - length + validUtf8Length(bytes));
    return text ?? '';
  }
}
