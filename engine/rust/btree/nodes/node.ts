/**
 * Nodes of BTreeMap, in the page of one chunk and in overflow pages. All numbers are little-endian.
 *
 * Version 1                                              Version 2: one string of bytes, cut over the page and its overflow pages
 *
 * | offset | bytes     | field                       |  | offset | bytes     | field                                            |
 * |-------:|----------:|-----------------------------|  |-------:|----------:|--------------------------------------------------|
 * |      0 |         3 | magic `BTN`                 |  |      0 |         3 | magic `BTN`                                      |
 * |      3 |         1 | version, 1                  |  |      3 |         1 | version, 2                                       |
 * |      4 |         1 | type: 0 leaf, 1 internal    |  |      4 |         1 | type                                             |
 * |      5 |         2 | entries n, u16              |  |      5 |         2 | entries n, u16                                   |
 * |      7 | n records | key size u32, key slot of   |  |      7 |         8 | first overflow page, u64                         |
 * |        |           | the maximum size, the same  |  |     15 | 8 (n + 1) | internal only: children, u64                     |
 * |        |           | for the value               |  |      … |    n keys | of fixed size: bare; otherwise size u32, bytes   |
 * |      … | 8 (n + 1) | internal only: children, u64|  |      … |  n values | always size u32, bytes                           |
 *
 * Overflow page: 0 magic `NOF`, 3 next page u64 (0: last), 11 the next P - 11 bytes of the string. Every page but the last is
 * full. Whether keys have a fixed size is not stored; `key-form.ts` infers it.
 */
import type { FindingCode } from '../../../core/findings.ts';
import { type Address, type AddressRange, at, copyBytes, type ReadableMemory, viewOf } from '../../../core/memory/memory.ts';
import type { StoredBytes } from '../../../core/structure.ts';
import { type BTreeHeader, CHUNK_HEADER_LENGTH, type ChunkGrid, MAX_ENTRIES, magicAt } from '../layout.ts';

export const NODE_MAGIC = 'BTN';
export const OVERFLOW_MAGIC = 'NOF';
export const OVERFLOW_HEADER_LENGTH = 11;
/** Offset of the first overflow page in a node of version 2, and of the next one in an overflow page. */
export const OVERFLOW_AT = 7;
export const OVERFLOW_NEXT_AT = 3;
/** Offsets in a node of either version. */
export const TYPE_AT = 4;
export const COUNT_AT = 5;
/** Offset of the children in an internal node of version 2; in a leaf the keys start here. */
export const CHILDREN_AT = 15;
export const LEAF = 0;
export const INTERNAL = 1;

/** Bytes of a node that are read at once. Pages are rarely larger; the rest is read piece by piece. */
const NEAR = 4096;

/** The properties that all nodes of a tree share. */
export interface TreeShape {
  readonly memory: ReadableMemory;
  readonly grid: ChunkGrid;
  readonly bounds: BTreeHeader['bounds'];
}

/** Size of every key in bytes, or `variable` if each key has its size in front of it. */
export type KeyForm = number | 'variable';

/** A contradiction in a node's bytes. Positions are in the node's string. */
export interface NodeFault {
  readonly code: FindingCode;
  readonly start: number;
  readonly length: number;
  /** Size of a key or value of version 1 that exceeds the bound in the header; undefined for other faults. */
  readonly overBound?: number;
  /** Bytes that the string would need in addition. */
  readonly missing: number;
  readonly message: string;
}

/**
 * Reads nodes one after the other, into the same buffers. Positions of keys and values are in the node's string; see `storedAt`.
 */
export class NodeReader {
  readonly #shape: TreeShape;
  readonly #near: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  readonly #word = new Uint8Array(4);
  /** The overflow pages, in order, as far as they were followed. */
  readonly overflowPages: number[] = [];
  /** True if the overflow pages could be followed to their end. */
  whole = true;
  readonly keyStart = new Float64Array(MAX_ENTRIES);
  readonly keyLength = new Float64Array(MAX_ENTRIES);
  readonly valueStart = new Float64Array(MAX_ENTRIES);
  readonly valueLength = new Float64Array(MAX_ENTRIES);
  /** Number of keys and values that could be decoded. */
  keys = 0;
  values = 0;
  /** Length of the string, after a `decode` without fault. */
  end = 0;
  address: Address = at(0, 0);

  constructor(shape: TreeShape) {
    this.#shape = shape;
    this.#near = new Uint8Array(CHUNK_HEADER_LENGTH + Math.min(shape.grid.pageSize, NEAR));
    this.#view = viewOf(this.#near);
  }

  /** Reads the chunk around `address`, which must be inside the memory, and the node in it. */
  load(address: number): void {
    this.address = at(0, address);
    this.#shape.memory.read(at(0, address - CHUNK_HEADER_LENGTH), this.#near);
    this.overflowPages.length = 0;
    this.keys = 0;
    this.values = 0;
    this.end = 0;
  }

  /** Treats the node as one of another type until the next is loaded. */
  takeType(type: number): void {
    this.#view.setUint8(CHUNK_HEADER_LENGTH + TYPE_AT, type);
  }

  /** Treats the node as one with another count of entries until the next is loaded. */
  takeEntries(count: number): void {
    this.#view.setUint16(CHUNK_HEADER_LENGTH + COUNT_AT, count, true);
  }

  get chunkMagic(): string {
    return magicAt(this.#near);
  }
  get chunkVersion(): number {
    return this.#view.getUint8(3);
  }
  get chunkAllocated(): number {
    return this.#view.getUint8(4);
  }
  get magic(): string {
    return magicAt(this.#near, CHUNK_HEADER_LENGTH);
  }
  get version(): number {
    return this.#view.getUint8(CHUNK_HEADER_LENGTH + 3);
  }
  get type(): number {
    return this.#view.getUint8(CHUNK_HEADER_LENGTH + 4);
  }
  get internal(): boolean {
    return this.type === INTERNAL;
  }
  get entries(): number {
    return this.#view.getUint16(CHUNK_HEADER_LENGTH + 5, true);
  }
  /** Returns the address of the first overflow page; 0 if there is none. */
  get overflow(): number {
    return this.version === 1 ? 0 : Number(this.#view.getBigUint64(CHUNK_HEADER_LENGTH + OVERFLOW_AT, true));
  }

  /**
   * Returns whether the version is possible. Nodes of version 1 need the bounds, which the header of a map created with version 2
   * does not have.
   */
  get versionKnown(): boolean {
    return this.version === 2 || (this.version === 1 && this.#shape.bounds !== undefined);
  }

  /** Returns whether the version, the type and the number of entries allow the rest to be read. */
  get readable(): boolean {
    return this.versionKnown && this.type <= INTERNAL && this.entries >= 1 && this.entries <= MAX_ENTRIES;
  }

  /** Returns the room for the string, in bytes, in the page and the overflow pages. */
  get capacity(): number {
    return this.#capacityOf(this.overflowPages.length);
  }

  /** Returns the same without the last page. */
  get capacityBefore(): number {
    return this.#capacityOf(this.overflowPages.length - 1);
  }

  #capacityOf(overflowPages: number): number {
    const { pageSize } = this.#shape.grid;
    return overflowPages < 0 ? 0 : pageSize + overflowPages * (pageSize - OVERFLOW_HEADER_LENGTH);
  }

  /** Returns the position of the pointer to child `index`. */
  childAt(index: number): number {
    return (this.version === 1 ? 7 + this.entries * this.#recordSize() : 15) + 8 * index;
  }

  child(index: number): number {
    const position = this.childAt(index);
    return this.u32(position) + this.u32(position + 4) * 2 ** 32;
  }

  /** Returns the position of the first key. */
  get keysAt(): number {
    if (this.version === 1) return 7;
    return this.internal ? this.childAt(this.entries + 1) : 15;
  }

  /**
   * Finds all keys and values. After a fault, those before it are known, and all keys if the fault is in a value. Call it after
   * the overflow pages were followed.
   */
  decode(form: KeyForm): NodeFault | undefined {
    return this.version === 1 ? this.#decodeV1() : this.#decodeV2(form);
  }

  #decodeV1(): NodeFault | undefined {
    const { bounds } = this.#shape;
    if (!bounds) return undefined;
    const count = this.entries;
    for (let index = 0; index < count; index += 1) {
      const record = 7 + index * this.#recordSize();
      const key = this.u32(record);
      if (key > bounds.key) return sizeFault('key', index, record, key, bounds.key);
      const value = this.u32(record + 4 + bounds.key);
      this.keyStart[index] = record + 4;
      this.keyLength[index] = key;
      this.keys = index + 1;
      if (value > bounds.value) return sizeFault('value', index, record + 4 + bounds.key, value, bounds.value);
      this.valueStart[index] = record + 8 + bounds.key;
      this.valueLength[index] = value;
      this.values = index + 1;
    }
    this.end = this.internal ? this.childAt(count + 1) : 7 + count * this.#recordSize();
    return undefined;
  }

  #decodeV2(form: KeyForm): NodeFault | undefined {
    const count = this.entries;
    const capacity = this.capacity;
    let position = this.keysAt;
    for (let index = 0; index < count; index += 1) {
      let length = form === 'variable' ? 0 : form;
      if (form === 'variable') {
        length = position + 4 <= capacity ? this.u32(position) : Number.POSITIVE_INFINITY;
        position += 4;
      }
      if (position + length > capacity) return outsideFault('key', index, position, length, this.keyStart[index - 1], capacity);
      this.keyStart[index] = position;
      this.keyLength[index] = length;
      position += length;
      this.keys = index + 1;
    }
    for (let index = 0; index < count; index += 1) {
      const length = position + 4 <= capacity ? this.u32(position) : Number.POSITIVE_INFINITY;
      position += 4;
      if (position + length > capacity)
        return outsideFault('value', index, position, length, this.valueStart[index - 1], capacity);
      this.valueStart[index] = position;
      this.valueLength[index] = length;
      position += length;
      this.values = index + 1;
    }
    this.end = position;
    return undefined;
  }

  #recordSize(): number {
    const { bounds } = this.#shape;
    return bounds ? 8 + bounds.key + bounds.value : 0;
  }

  /** Returns the number of overflow pages that a string of `length` bytes needs. */
  pagesFor(length: number): number {
    const { pageSize } = this.#shape.grid;
    return length <= pageSize ? 0 : Math.ceil((length - pageSize) / (pageSize - OVERFLOW_HEADER_LENGTH));
  }

  /** Reads a number. `position` must be below `capacity - 3`. */
  u32(position: number): number {
    if (position + CHUNK_HEADER_LENGTH + 4 <= this.#near.length)
      return this.#view.getUint32(position + CHUNK_HEADER_LENGTH, true);
    this.copy(position, this.#word);
    return viewOf(this.#word).getUint32(0, true);
  }

  /** Copies bytes of the string from `position` on. They must end at or before `capacity`. */
  copy(position: number, into: Uint8Array): void {
    const near = position + CHUNK_HEADER_LENGTH;
    if (near + into.length <= this.#near.length) {
      copyBytes(this.#near, near, into, 0, into.length);
      return;
    }
    let done = 0;
    for (const span of this.spansOf(position, into.length)) {
      this.#shape.memory.read(span.start, into.subarray(done, done + span.length));
      done += span.length;
    }
  }

  /** Returns where bytes of the string are in the memory. For zero bytes it is one empty span at their place. */
  spansOf(position: number, length: number): AddressRange[] {
    const { pageSize } = this.#shape.grid;
    const spans: AddressRange[] = [];
    let from = position;
    do {
      const beyond = from - pageSize;
      const page = beyond < 0 ? -1 : Math.floor(beyond / (pageSize - OVERFLOW_HEADER_LENGTH));
      const within = beyond < 0 ? from : OVERFLOW_HEADER_LENGTH + (beyond % (pageSize - OVERFLOW_HEADER_LENGTH));
      const start = page === -1 ? this.address : this.overflowPages[page];
      // Directly after the last page there can only be an empty range.
      if (start === undefined) break;
      const piece = Math.min(pageSize - within, position + length - from);
      spans.push({ start: at(0, start + within), length: piece });
      from += piece;
    } while (from < position + length);
    return spans;
  }

  /** Returns the address of the string's byte at `position`. */
  addressOf(position: number): Address {
    if (position < this.#shape.grid.pageSize) return at(this.address, position);
    return this.spansOf(position, 1)[0]?.start ?? this.address;
  }

  storedAt(position: number, length: number): StoredBytes {
    return { memory: this.#shape.memory, spans: this.spansOf(position, length), size: length };
  }

  /** Returns undefined if damage hides the key. */
  key(index: number): StoredBytes | undefined {
    return index < this.keys ? this.storedAt(this.keyStart[index] ?? 0, this.keyLength[index] ?? 0) : undefined;
  }

  value(index: number): StoredBytes | undefined {
    return index < this.values ? this.storedAt(this.valueStart[index] ?? 0, this.valueLength[index] ?? 0) : undefined;
  }
}

function sizeFault(what: 'key' | 'value', index: number, start: number, size: number, most: number): NodeFault {
  const message = `The size of ${what} ${index} is ${size} bytes; the header allows ${most}.`;
  return { code: `btree.${what}-outside-node`, start, length: 4, missing: Number.POSITIVE_INFINITY, overBound: size, message };
}

/**
 * Returns the fault of a size that is too large. The size before it may be the wrong one, because it determines the place of this
 * one, so the fault starts there.
 */
function outsideFault(
  what: 'key' | 'value',
  index: number,
  position: number,
  size: number,
  before: number | undefined,
  capacity: number,
): NodeFault {
  const start = before === undefined ? Math.min(position - 4, capacity) : before - 4;
  const length = Math.max(0, Math.min(position, capacity) - start);
  const message = Number.isFinite(size)
    ? `The size of ${what} ${index} is ${size} bytes, more than the ${capacity - position} that the node has left.`
    : `The node ends before the size of ${what} ${index}.`;
  return {
    code: `btree.${what}-outside-node`,
    start,
    length,
    missing: Number.isFinite(size) ? position + size - capacity : 4,
    message,
  };
}
