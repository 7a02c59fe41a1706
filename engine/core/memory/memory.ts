/** Bytes in a WebAssembly page, the unit in which stable memory grows. */
export const PAGE_SIZE = 65_536;

declare const address: unique symbol;
declare const offset: unique symbol;

/**
 * A byte position inside one memory. A `number` is exact: stable memory ends at 500 GiB, far below 2^53. An address does not say
 * which memory it belongs to; sizes stay plain numbers.
 */
export type Address = number & { readonly [address]: true };

/** A byte position inside the image, the whole physical stable memory. Only a memory's mapping turns an `Address` into one. */
export type Offset = number & { readonly [offset]: true };

/** Returns `base + distance`. This is the only place where a number becomes an address. */
export function at(base: Address | 0, distance: number): Address {
  return (base + distance) as Address;
}

/** Returns `base + distance`. This is the only place where a number becomes an offset. */
export function offsetAt(base: Offset | 0, distance: number): Offset {
  return (base + distance) as Offset;
}

/** A contiguous range of bytes. */
export interface ByteRange<Position extends number = number> {
  readonly start: Position;
  readonly length: number;
}

/** A range of one memory. */
export type AddressRange = ByteRange<Address>;

/** A range of the image. */
export type OffsetRange = ByteRange<Offset>;

/**
 * The part of a memory that a reader needs: its size and its bytes. Reading outside `pages` is a bug of the caller and throws;
 * check with `holds` first.
 */
export interface ReadableMemory {
  /** Size in pages. */
  readonly pages: number;
  read(from: Address, into: Uint8Array): void;
  /** Returns true if a range is known to have only zeros, because it is in a hole of a sparse file. */
  isHole?(from: Address, length: number): boolean;
}

/** A memory that is a view on an image: a virtual memory, a region, a window of pages, or the image itself. */
export interface MappedMemory extends ReadableMemory {
  /** Returns where the bytes of a range are in the image, in order. Bytes that have no place there are left out. */
  toImage(start: Address, length: number): readonly OffsetRange[];
}

/** A flat, growable sequence of pages: a whole stable memory, a virtual memory, a region, or a state of a trace. */
export interface Memory extends ReadableMemory {
  /** Adds zeroed pages. Returns the old size in pages, or -1 when the memory cannot grow that far; then nothing has changed. */
  grow(by: number): number;
  write(to: Address, bytes: Uint8Array): void;
  /** Does the same as `moveBytes`, in memories that can do it without a copy. */
  move?(from: Address, to: Address, length: number): void;
}

export function byteLength(memory: ReadableMemory): number {
  return memory.pages * PAGE_SIZE;
}

/** Returns whether the whole range is inside the memory. */
export function holds(memory: ReadableMemory, start: number, length: number): boolean {
  return start >= 0 && length >= 0 && start + length <= byteLength(memory);
}

export function readBytes(memory: ReadableMemory, from: Address, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  memory.read(from, bytes);
  return bytes;
}

/** Below this number of bytes a loop is faster than a block copy. */
const FEW = 64;

/** Copies the `length` bytes at `start` in `from` to `place` in `into`. */
export function copyBytes(from: Uint8Array, start: number, into: Uint8Array, place: number, length: number): void {
  if (length < FEW) for (let index = 0; index < length; index += 1) into[place + index] = from[start + index] ?? 0;
  else into.set(start === 0 && length === from.length ? from : from.subarray(start, start + length), place);
}

/** The same limit for bytes that are moved within one array. */
const FEW_WITHIN = 24;

/** Moves `length` bytes within `bytes`. The two ranges may overlap. */
export function moveWithin(bytes: Uint8Array, from: number, to: number, length: number): void {
  if (length >= FEW_WITHIN) bytes.copyWithin(to, from, from + length);
  else if (to < from) for (let index = 0; index < length; index += 1) bytes[to + index] = bytes[from + index] ?? 0;
  else for (let index = length - 1; index >= 0; index -= 1) bytes[to + index] = bytes[from + index] ?? 0;
}

/** Returns a view for decoding numbers in `bytes`. It covers exactly `bytes`, even if they are part of a larger buffer. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Checks a range as `read` and `write` of every memory do. @throws RangeError when the range leaves the memory. */
export function assertHolds(memory: ReadableMemory, start: Address, length: number): void {
  assertWithin(byteLength(memory), start, length);
}

/** Does the same for a memory of `size` bytes. It is faster for frequent accesses, because it does not query the memory. */
export function assertWithin(size: number, start: Address, length: number): void {
  if (start < 0 || start + length > size)
    throw new RangeError(`${length} bytes at ${start} leave the memory of ${size / PAGE_SIZE} pages.`);
}

/**
 * Writes bytes, after growing the memory by exactly the missing pages, as every structure of the Rust library does. @throws
 * OutOfMemory
 */
export function writeGrowing(memory: Memory, to: Address, bytes: Uint8Array): void {
  const end = to + bytes.length;
  if (end > byteLength(memory)) {
    const missing = Math.ceil(end / PAGE_SIZE) - memory.pages;
    if (memory.grow(missing) === -1) throw new OutOfMemory(missing);
  }
  memory.write(to, bytes);
}

export class OutOfMemory extends Error {
  constructor(missingPages: number) {
    super(`The memory cannot grow by ${missingPages} pages.`);
  }
}
