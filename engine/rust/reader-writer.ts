/**
 * Sequential readers and writers of a memory, like the Rust library's `Reader` and `Writer` (0.7.2). They add nothing to the
 * bytes: no magic, no length. A reader has to know where the bytes start and end.
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

  /** Returns the next `length` bytes; fewer at the end of the memory, and none after it. */
  read(length: number): Uint8Array<ArrayBuffer> {
    const there = Math.max(0, Math.min(length, byteLength(this.#memory) - this.#position));
    if (there === 0) return new Uint8Array();
    const bytes = readBytes(this.#memory, this.#position, there);
    this.#position = at(this.#position, there);
    return bytes;
  }
}

/** A reader that reads `capacity` bytes at once, or more if a single read asks for more. */
export class BufferedReader {
  readonly #reader: Reader;
  readonly #capacity: number;
  #buffer = new Uint8Array();

  constructor(reader: Reader, capacity: number) {
    this.#reader = reader;
    this.#capacity = capacity;
  }

  /** Returns up to `length` of the next bytes, as many as are buffered; none only at the end. */
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

  /** Writes bytes after those written last. @throws OutOfMemory when the memory cannot grow; then nothing was written. */
  write(bytes: Uint8Array): void {
    writeGrowing(this.#memory, this.#position, bytes);
    this.#position = at(this.#position, bytes.length);
  }
}

/** A writer that collects up to `capacity` bytes before it writes. The remaining bytes are only written by `flush`. */
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
