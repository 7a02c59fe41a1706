/**
 * The sections of a WebAssembly module (WebAssembly core specification, "Modules", binary format).
 *
 * | bytes  | field                                                                     |
 * |--------|---------------------------------------------------------------------------|
 * | 4      | magic `\0asm`                                                             |
 * | 4      | version, 1                                                                |
 * |        | sections: id (one byte), length (LEB128), content                         |
 */
import { viewOf } from '../../core/memory/memory.ts';
import type { ByteSource } from '../../core/memory/source.ts';

const MAGIC = 0x6d73_6100;
const HEADER_LENGTH = 8;
/** Maximum sections that are read. A module has about twenty. */
const MAX_SECTIONS = 10_000;
const WINDOW = 256;
const MAX_NAME = 256;

export interface Section {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** A reader of a module, byte by byte, through a window: no more of it is kept in memory. */
export class ModuleReader {
  readonly #source: ByteSource;
  readonly #window = new Uint8Array(WINDOW);
  #windowAt = -1;
  position = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get size(): number {
    return this.#source.size;
  }

  /** Reads a byte. Returns 0 past the end. */
  byte(): number {
    const start = this.position - (this.position % WINDOW);
    if (start !== this.#windowAt) {
      this.#windowAt = start;
      this.#source.read(start, this.#window.subarray(0, Math.max(0, Math.min(WINDOW, this.size - start))));
    }
    const byte = this.position < this.size ? this.#window[this.position - start] : 0;
    this.position += 1;
    return byte ?? 0;
  }

  /** Reads an unsigned LEB128 number of up to 35 bits. */
  count(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 35; scale *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
    }
    return value;
  }

  /** Skips bytes with a length before them. */
  skipBytes(): void {
    const length = this.count();
    this.position += length;
  }

  /** Reads a name, with each byte as one letter. Cuts long names, which are of no interest here. */
  name(): string {
    const length = this.count();
    const end = this.position + length;
    const name = String.fromCharCode(...this.bytes(Math.min(length, MAX_NAME)));
    this.position = end;
    return name;
  }

  /** Reads `length` bytes, or fewer at the end of the module. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - this.position)));
    this.#source.read(this.position, bytes);
    this.position += bytes.length;
    return bytes;
  }
}

/** Returns the sections as far as the module can be read, or none if the bytes are not a module. */
export function readSections(module: ByteSource): readonly Section[] {
  const reader = new ModuleReader(module);
  const head = reader.bytes(HEADER_LENGTH);
  const sections: Section[] = [];
  if (head.length < HEADER_LENGTH || viewOf(head).getUint32(0, true) !== MAGIC) return sections;
  while (reader.position < reader.size && sections.length < MAX_SECTIONS) {
    const id = reader.byte();
    const length = reader.count();
    const start = reader.position;
    if (start + length > reader.size) break;
    sections.push({ id, start, end: start + length });
    reader.position = start + length;
  }
  return sections;
}
