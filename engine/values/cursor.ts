import { decodeUtf8 } from './utf8.ts';

const NOTHING = new Uint8Array(0);

/**
 * Reads forward through bytes that may say anything. The first problem sticks: from then on everything reads as zero or empty,
 * so a reader looks at `problem` where it matters and not after every byte.
 */
export class Cursor {
  readonly bytes: Uint8Array;
  #position = 0;
  #problem: string | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get position(): number {
    return this.#position;
  }

  /** Bytes that were not yet read. */
  get left(): number {
    return this.bytes.length - this.#position;
  }

  /** The first thing that was wrong, a sentence; undefined while all is well. */
  get problem(): string | undefined {
    return this.#problem;
  }

  fail(problem: string): void {
    this.#problem ??= `${problem} (byte ${this.#position})`;
  }

  byte(): number {
    const byte = this.#problem === undefined ? this.bytes[this.#position] : 0;
    if (byte === undefined) {
      this.fail('The bytes end too early.');
      return 0;
    }
    if (this.#problem === undefined) this.#position += 1;
    return byte;
  }

  /** A view of the next `length` bytes. */
  take(length: number): Uint8Array {
    if (length > this.left) this.fail(`${length} bytes should follow, there are ${this.left}.`);
    if (this.#problem !== undefined) return NOTHING;
    this.#position += length;
    return this.bytes.subarray(this.#position - length, this.#position);
  }

  /** The next `length` bytes as UTF-8. */
  text(length: number): string {
    const text = decodeUtf8(this.take(length));
    if (text === undefined) this.fail('The text is not UTF-8.');
    return text ?? '';
  }
}
