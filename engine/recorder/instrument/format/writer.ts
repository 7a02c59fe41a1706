/** A growing buffer of bytes. */
export class Writer {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** Appends a few bytes. */
  code(bytes: readonly number[]): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Appends the bytes from `start` to `end`. */
  copy(bytes: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start);
    this.#bytes.set(bytes.subarray(start, end), this.#length);
    this.#length += end - start;
  }

  /** Appends an unsigned LEB128 number. */
  unsigned(value: number): void {
    this.#reserve(10);
    let left = value;
    for (; left >= 0x80; left = Math.floor(left / 0x80)) this.#bytes[this.#length++] = (left % 0x80) | 0x80;
    this.#bytes[this.#length++] = left;
  }

  /** Appends all that another buffer holds. */
  append(other: Writer): void {
    this.copy(other.#bytes, 0, other.#length);
  }

  /** Appends the length of another buffer, and all that it holds. */
  sized(other: Writer): void {
    this.unsigned(other.#length);
    this.append(other);
  }

  /** Appends a name: its length and its UTF-8. */
  name(name: string): void {
    const bytes = new TextEncoder().encode(name);
    this.unsigned(bytes.length);
    this.copy(bytes, 0, bytes.length);
  }

  clear(): void {
    this.#length = 0;
  }

  /** Returns a copy of the bytes. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(length: number): void {
    const needed = this.#length + length;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
