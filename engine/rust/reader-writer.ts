/**
 * Bytes read from and written to a memory one after the other, as the Rust library's `Reader` and `Writer` do (0.7.2). They add
 * nothing to the bytes: no magic, no length. Whoever reads has to know where they begin and end.
 */
import {
  type Address,
  at,
  byteLength,
  type Memory,
  type ReadableMemory,
  readBytes,
  writeGrowing,
} from '../core/memory/memory.ts';

export class Reader {
  readonly #memory: ReadableMemory;
  #position: Address;

  constructor(memory: ReadableMemory, from: Address) {
    this.#memory = memory;
    this.#position = from;
  }

  /** The next bytes: `length` of them, fewer at the end of the memory, none behind it. */
  read(length: number): Uint8Array<ArrayBuffer> {
    const there = Math.max(0, Math.min(length, byteLength(this.#memory) - this.#position));
    if (there === 0) return new Uint8Array();
    const bytes = readBytes(this.#memory, this.#position, there);
    this.#position = at(this.#position, there);
    return bytes;
  }
}

/** A reader that asks the memory for `capacity` bytes at once, and for more only where more are wanted. */
export class BufferedReader {
  readonly #reader: Reader;
  readonly #capacity: number;
  #buffer = new Uint8Array();

  constructor(reader: Reader, capacity: number) {
    this.#reader = reader;
    this.#capacity = capacity;
  }

  /** The next bytes: up to `length`, as many as are at hand; none only at the end. */
  read(length: number): Uint8Array<ArrayBuffer> {
    if (this.#buffer.length === 0) {
      if (length >= this.#capacity) return this.#reader.read(length);
      this.#buffer = this.#reader.read(this.#capacity);
    }
    const bytes = this.#buffer.slice(0, length);
    this.#buffer = this.#buffer.subarray(bytes.length);
    return bytes;
  }
}

export class Writer {
  readonly #memory: Memory;
  #position: Address;

  constructor(memory: Memory, from: Address) {
    this.#memory = memory;
    this.#position = from;
  }

  /** Writes all of the bytes behind the last ones. @throws OutOfMemory when the memory cannot grow; then nothing was written. */
  write(bytes: Uint8Array): void {
    writeGrowing(this.#memory, this.#position, bytes);
    this.#position = at(this.#position, bytes.length);
  }
}

/** A writer that collects up to `capacity` bytes before it writes. What it still holds is only written by `flush`. */
export class BufferedWriter {
  readonly #writer: Writer;
  readonly #buffer: Uint8Array;
  #held = 0;

  constructor(writer: Writer, capacity: number) {
    this.#writer = writer;
    this.#buffer = new Uint8Array(capacity);
  }

  write(bytes: Uint8Array): void {
    if (this.#held + bytes.length > this.#buffer.length) this.flush();
    if (bytes.length >= this.#buffer.length) {
      this.#writer.write(bytes);
      return;
    }
    this.#buffer.set(bytes, this.#held);
    this.#held += bytes.length;
  }

  flush(): void {
    if (this.#held === 0) return;
    this.#writer.write(this.#buffer.subarray(0, this.#held));
    this.#held = 0;
  }
}
