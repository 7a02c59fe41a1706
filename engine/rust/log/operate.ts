import { at, type Memory, readBytes, viewOf, writeGrowing } from '../../core/memory/memory.ts';
import { Unreadable } from '../../core/unreadable.ts';
import { COUNT_AT, DATA_MAGIC, decodeHeader, ENDS_AT, ENTRIES_AT, encodeHeader, endOf, INDEX_MAGIC, VERSION } from './layout.ts';

/**
 * Entries of any length, one after the other, with the operations, the write order and the exact bytes of the Rust library's
 * `Log` (0.7.2).
 */
export class Log {
  readonly #index: Memory;
  readonly #data: Memory;

  private constructor(index: Memory, data: Memory) {
    this.#index = index;
    this.#data = data;
  }

  /**
   * Opens the log in two memories, or creates one. As in the library, data without the magic is silently overwritten, and the
   * index with it; inspect them first if that must not happen.
   * @throws Unreadable when the data has the magic of a log, but its version or the index is wrong. The library traps, too.
   */
  static init(index: Memory, data: Memory): Log {
    const header = data.pages === 0 ? undefined : decodeHeader(data);
    if (header?.magic !== DATA_MAGIC) return Log.new(index, data);
    checkVersion('data', header.version);
    if (index.pages === 0) throw new Unreadable('The index memory is empty.');
    const indexHeader = decodeHeader(index);
    if (indexHeader.magic !== INDEX_MAGIC)
      throw new Unreadable(`The magic of the index is ${JSON.stringify(indexHeader.magic)}, not "${INDEX_MAGIC}".`);
    checkVersion('index', indexHeader.version);
    return new Log(index, data);
  }

  /** Creates an empty log, whatever is in the two memories (`Log::new`). Old entries stay after the headers as stale bytes. */
  static new(index: Memory, data: Memory): Log {
    writeGrowing(index, at(0, 0), encodeHeader(INDEX_MAGIC));
    writeGrowing(data, at(0, 0), encodeHeader(DATA_MAGIC));
    const log = new Log(index, data);
    log.clear();
    return log;
  }

  /** Returns the number of entries. */
  get length(): number {
    return Number(decodeHeader(this.#index).count);
  }

  /** Returns the used bytes of the index memory. */
  get indexSize(): number {
    return ENDS_AT + 8 * this.length;
  }

  /** Returns the used bytes of the data memory. */
  get dataSize(): number {
    return ENTRIES_AT + this.#end(this.length);
  }

  /** Returns undefined if there is no such entry. */
  get(position: number): Uint8Array<ArrayBuffer> | undefined {
    if (position >= this.length) return undefined;
    const start = this.#end(position);
    return readBytes(this.#data, at(ENTRIES_AT, start), this.#end(position + 1) - start);
  }

  /** Writes the entry, then its end, then the count. Returns its position. @throws OutOfMemory when a memory cannot grow. */
  append(entry: Uint8Array): number {
    const position = this.length;
    const start = this.#end(position);
    writeGrowing(this.#data, at(ENTRIES_AT, start), entry);
    writeGrowing(this.#index, at(ENDS_AT, 8 * position), word(start + entry.length));
    this.#index.write(COUNT_AT, word(position + 1));
    return position;
  }

  /** Removes all entries; their bytes and ends stay. Newer than 0.7.2. */
  clear(): void {
    this.#index.write(COUNT_AT, word(0));
  }

  *entries(): Generator<Uint8Array<ArrayBuffer>, void> {
    for (let position = 0; ; position += 1) {
      const entry = this.get(position);
      if (!entry) return;
      yield entry;
    }
  }

  /** Returns the end of the first `count` entries. */
  #end(count: number): number {
    return count === 0 ? 0 : endOf(this.#index, count - 1);
  }
}

function checkVersion(which: string, version: number): void {
  if (version !== VERSION)
    throw new Unreadable(`The layout version of the ${which} is ${version}. The only known version is ${VERSION}.`);
}

function word(value: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8);
  viewOf(bytes).setBigUint64(0, BigInt(value), true);
  return bytes;
}
