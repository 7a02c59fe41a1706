import { at, holds, type Memory, readBytes, writeGrowing } from '../../core/memory/memory.ts';
import { Unreadable } from '../../core/unreadable.ts';
import { decodeHeader, encodeHeader, MAGIC, VALUE_AT, VERSION } from './layout.ts';

const MAX_BYTES = 0xffff_ffff;

/** A single value in stable memory, with the operations and the exact bytes of the Rust library's `Cell` (0.7.2). */
export class Cell {
  readonly #memory: Memory;
  #value: Uint8Array;

  private constructor(memory: Memory, value: Uint8Array) {
    this.#memory = memory;
    this.#value = value;
  }

  /**
   * Opens the cell in `memory`, or creates one that holds `initial`. As in the library, a memory without the magic of a cell is
   * silently overwritten; inspect it first if that must not happen.
   * @throws Unreadable when the library would trap: the version is unknown, or the length runs past the end of the memory.
   */
  static init(memory: Memory, initial: Uint8Array): Cell {
    const header = memory.pages === 0 ? undefined : decodeHeader(memory);
    if (header?.magic !== MAGIC) return Cell.new(memory, initial);
    if (header.version !== VERSION)
      throw new Unreadable(`The layout version is ${header.version}. The only known version is ${VERSION}.`);
    if (!holds(memory, VALUE_AT, header.length))
      throw new Unreadable(`According to the header, the value has ${header.length} bytes, but the memory ends before that.`);
    return new Cell(memory, readBytes(memory, VALUE_AT, header.length));
  }

  /** Creates a cell that holds `value`, whatever is in `memory` (`Cell::new`). */
  static new(memory: Memory, value: Uint8Array): Cell {
    const cell = new Cell(memory, value);
    cell.set(value);
    return cell;
  }

  /** Returns the value as it was when the cell was opened or last set. The library reads it only once. */
  get(): Uint8Array {
    return this.#value;
  }

  /** Replaces the value in place. Returns the old value. Bytes of a longer old value stay after the new one. */
  set(value: Uint8Array): Uint8Array {
    if (value.length > MAX_BYTES) throw new RangeError(`A cell has room for ${MAX_BYTES} bytes, not for ${value.length}.`);
    const old = this.#value;
    const bytes = new Uint8Array(VALUE_AT + value.length);
    bytes.set(encodeHeader(value.length));
    bytes.set(value, VALUE_AT);
    writeGrowing(this.#memory, at(0, 0), bytes);
    this.#value = value.slice();
    return old;
  }
}
