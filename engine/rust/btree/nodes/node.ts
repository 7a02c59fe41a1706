/**
 * Nodes of BTreeMap, in the page of one chunk, and behind it in overflow pages. All numbers are little-endian.
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
 * |        |           | the greatest size, the same |  |     15 | 8 (n + 1) | internal only: children, u64                     |
 * |        |           | for the value               |  |      … |    n keys | of fixed size: bare; otherwise size u32, bytes   |
 * |      … | 8 (n + 1) | internal only: children, u64|  |      … |  n values | always size u32, bytes                           |
 *
 * Overflow page: 0 magic `NOF`, 3 next page u64 (0: last), 11 the next P - 11 bytes of the string. Every page but the last is
 * full. Whether keys have a fixed size stands nowhere; `key-form.ts` infers it.
 */
import type { FindingCode } from '../../../core/findings.ts';
import { type Address, type AddressRange, at, copyBytes, type ReadableMemory, viewOf } from '../../../core/memory/memory.ts';
import type { StoredBytes } from '../../../core/structure.ts';
import { type BTreeHeader, CHUNK_HEADER_LENGTH, type ChunkGrid, MAX_ENTRIES, magicAt } from '../layout.ts';

export const NODE_MAGIC = 'BTN';
export const OVERFLOW_MAGIC = 'NOF';
export const OVERFLOW_HEADER_LENGTH = 11;
/** Where in a node of version 2 the first overflow page is named, and in an overflow page the next one. */
export const OVERFLOW_AT = 7;
export const OVERFLOW_NEXT_AT = 3;
/** In a node of either version. */
export const TYPE_AT = 4;
export const COUNT_AT = 5;
/** In an inner node of version 2; in a leaf the keys begin here. */
export const CHILDREN_AT = 15;
export const LEAF = 0;
export const INTERNAL = 1;

/** So much of a node is read at once; pages are seldom larger, and what lies behind is read piece by piece. */
const NEAR = 4096;

/** What all nodes of a tree have in common. */
export interface TreeShape {
  readonly memory: ReadableMemory;
  readonly grid: ChunkGrid;
  readonly bounds: BTreeHeader['bounds'];
}

/** Size of every key in bytes, or `variable` where each key has its own before it. */
export type KeyForm = number | 'variable';

/** What a node's bytes contradict; positions are of the node's string. */
export interface NodeFault {
  readonly code: FindingCode;
  readonly start: number;
  readonly length: number;
  /** What a key or value of version 1 should have, more than the bound of the header; undefined for other faults. */
  readonly overBound?: number;
  /** How many bytes more the string would have to have. */
  readonly missing: number;
  readonly message: string;
}

/** Reads one node after the other, into the same buffers. Positions of keys and values are of the node's string: see `runOf`. */
export class NodeReader {
  readonly #shape: TreeShape;
  readonly #near: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  readonly #word = new Uint8Array(4);
  /** Overflow pages, in order, as far as they were followed. */
  readonly overflowPages: number[] = [];
  /** Whether the overflow pages could be followed to their end. */
  whole = true;
  readonly keyStart = new Float64Array(MAX_ENTRIES);
  readonly keyLength = new Float64Array(MAX_ENTRIES);
  readonly valueStart = new Float64Array(MAX_ENTRIES);
  readonly valueLength = new Float64Array(MAX_ENTRIES);
  /** How many keys and values could be told. */
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

  /** Reads the chunk around `address`, which the memory holds, and takes the node in it as it stands. */
  load(address: number): void {
    this.address = at(0, address);
    this.#shape.memory.read(at(0, address - CHUNK_HEADER_LENGTH), this.#near);
    this.overflowPages.length = 0;
    this.keys = 0;
    this.values = 0;
    this.end = 0;
  }

  /** Takes the node as one of another type until the next is loaded. */
  takeType(type: number): void {
    this.#view.setUint8(CHUNK_HEADER_LENGTH + TYPE_AT, type);
  }

  /** Takes the node as one of another count of entries until the next is loaded. */
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
  /** Address of the first overflow page, 0 if there is none. */
  get overflow(): number {
    return this.version === 1 ? 0 : Number(this.#view.getBigUint64(CHUNK_HEADER_LENGTH + OVERFLOW_AT, true));
  }

  /** Nodes of version 1 need the bounds, which the header of a map that began in version 2 does not have. */
  get versionKnown(): boolean {
    return this.version === 2 || (this.version === 1 && this.#shape.bounds !== undefined);
  }

  /** Whether version, type and number of entries are such that the rest can be read. */
  get readable(): boolean {
    return this.versionKnown && this.type <= INTERNAL && this.entries >= 1 && this.entries <= MAX_ENTRIES;
  }

  /** Bytes that the page and the overflow pages together have for the string. */
  get capacity(): number {
    return this.#capacityOf(this.overflowPages.length);
  }

  /** The same without the last page. */
  get capacityBefore(): number {
    return this.#capacityOf(this.overflowPages.length - 1);
  }

  #capacityOf(overflowPages: number): number {
    const { pageSize } = this.#shape.grid;
    return overflowPages < 0 ? 0 : pageSize + overflowPages * (pageSize - OVERFLOW_HEADER_LENGTH);
  }

  /** Where the address of child `index` stands. */
  childAt(index: number): number {
    return (this.version === 1 ? 7 + this.entries * this.#recordSize() : 15) + 8 * index;
  }

  child(index: number): number {
    const position = this.childAt(index);
    return this.u32(position) + this.u32(position + 4) * 2 ** 32;
  }

  /** Where the keys begin. */
  get keysAt(): number {
    if (this.version === 1) return 7;
    return this.internal ? this.childAt(this.entries + 1) : 15;
  }

  /**
   * Finds all keys and values. On a fault those before it are told, and all keys if it is a value's. Call it once the overflow
   * pages are followed.
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

  /** How many overflow pages a string of `length` bytes takes. */
  pagesFor(length: number): number {
    const { pageSize } = this.#shape.grid;
    return length <= pageSize ? 0 : Math.ceil((length - pageSize) / (pageSize - OVERFLOW_HEADER_LENGTH));
  }

  /** A number at a position below `capacity - 3`. */
  u32(position: number): number {
    if (position + CHUNK_HEADER_LENGTH + 4 <= this.#near.length)
      return this.#view.getUint32(position + CHUNK_HEADER_LENGTH, true);
    this.copy(position, this.#word);
    return viewOf(this.#word).getUint32(0, true);
  }

  /** Copies the string's bytes from `position` on; they lie below `capacity`. */
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

  /** Where the string's bytes lie in the memory. Of no bytes: one empty span at their place. */
  spansOf(position: number, length: number): AddressRange[] {
    const { pageSize } = this.#shape.grid;
    const spans: AddressRange[] = [];
    let from = position;
    do {
      const beyond = from - pageSize;
      const page = beyond < 0 ? -1 : Math.floor(beyond / (pageSize - OVERFLOW_HEADER_LENGTH));
      const within = beyond < 0 ? from : OVERFLOW_HEADER_LENGTH + (beyond % (pageSize - OVERFLOW_HEADER_LENGTH));
      const start = page === -1 ? this.address : this.overflowPages[page];
      // Right behind the last page: only an empty string ends there.
      if (start === undefined) break;
      const piece = Math.min(pageSize - within, position + length - from);
      spans.push({ start: at(0, start + within), length: piece });
      from += piece;
    } while (from < position + length);
    return spans;
  }

  /** Where the string's byte at `position` lies. */
  addressOf(position: number): Address {
    if (position < this.#shape.grid.pageSize) return at(this.address, position);
    return this.spansOf(position, 1)[0]?.start ?? this.address;
  }

  runOf(position: number, length: number): StoredBytes {
    return { memory: this.#shape.memory, spans: this.spansOf(position, length), size: length };
  }

  /** Undefined where damage hides it. */
  key(index: number): StoredBytes | undefined {
    return index < this.keys ? this.runOf(this.keyStart[index] ?? 0, this.keyLength[index] ?? 0) : undefined;
  }

  value(index: number): StoredBytes | undefined {
    return index < this.values ? this.runOf(this.valueStart[index] ?? 0, this.valueLength[index] ?? 0) : undefined;
  }
}

function sizeFault(what: 'key' | 'value', index: number, start: number, size: number, most: number): NodeFault {
  const message = `The size of ${what} ${index} is ${size} bytes; the header allows ${most}.`;
  return { code: `btree.${what}-outside-node`, start, length: 4, missing: Number.POSITIVE_INFINITY, overBound: size, message };
}

/** The size before may be the wrong one, as it says where this one stands: the fault begins there. */
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
