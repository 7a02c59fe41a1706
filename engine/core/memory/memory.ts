/** Bytes in one WebAssembly page, the unit in which stable memory grows. */
export const PAGE_SIZE = 65_536;

declare const address: unique symbol;
declare const offset: unique symbol;

/**
 * A byte position inside one memory. A `number` is exact: stable memory ends at 500 GiB, far below 2^53.
 * Positions of different memories are told apart by the memory that they are used with; sizes stay plain numbers.
 */
export type Address = number & { readonly [address]: true };

/** A byte position inside the image, the whole physical stable memory. Only a memory's mapping turns an `Address` into one. */
export type Offset = number & { readonly [offset]: true };

/** `base + distance`; the one place where a number becomes an address. */
export function at(base: Address | 0, distance: number): Address {
  return (base + distance) as Address;
}

/** `base + distance`; the one place where a number becomes an offset. */
export function offsetAt(base: Offset | 0, distance: number): Offset {
  return (base + distance) as Offset;
}

/** Bytes side by side: where they start, and how many they are. */
export interface ByteRange<Position extends number = number> {
  readonly start: Position;
  readonly length: number;
}

/** A range of one memory. */
export type AddressRange = ByteRange<Address>;

/** A range of the image. */
export type OffsetRange = ByteRange<Offset>;

/** What a reader needs of a memory: its size and its bytes. Reads outside of `pages` are the caller's mistake and throw; ask `holds` first. */
export interface ReadableMemory {
  /** Size in pages. */
  readonly pages: number;
  read(from: Address, into: Uint8Array): void;
}

/** A memory that is a view on an image: a virtual memory, a region, a window of pages, or the image itself. */
export interface MappedMemory extends ReadableMemory {
  /** Where the bytes of a run lie in the image, in the run's order; those that have no place there are left out. */
  toImage(start: Address, length: number): readonly OffsetRange[];
}

/** A flat, growable run of pages: a whole stable memory, a virtual memory, a region, or a moment of a trace. */
export interface Memory extends ReadableMemory {
  /** Adds zeroed pages. Returns the size before, in pages, or -1 if the memory cannot grow so far; then nothing has changed. */
  grow(by: number): number;
  write(to: Address, bytes: Uint8Array): void;
  /** What `moveBytes` does, in memories that need no copy for it. */
  move?(from: Address, to: Address, length: number): void;
}

export function byteLength(memory: ReadableMemory): number {
  return memory.pages * PAGE_SIZE;
}

/** Whether all of the run lies inside the memory. */
export function holds(memory: ReadableMemory, start: number, length: number): boolean {
  return start >= 0 && length >= 0 && start + length <= byteLength(memory);
}

export function readBytes(memory: ReadableMemory, from: Address, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  memory.read(from, bytes);
  return bytes;
}

/** Fewer bytes than these are copied faster one by one than at once. */
const FEW = 64;

/** Copies `length` bytes of `from`, those at `start`, to `place` of `into`. */
export function copyBytes(from: Uint8Array, start: number, into: Uint8Array, place: number, length: number): void {
  if (length < FEW) for (let index = 0; index < length; index += 1) into[place + index] = from[start + index] ?? 0;
  else into.set(start === 0 && length === from.length ? from : from.subarray(start, start + length), place);
}

/** The same of bytes that are moved within one array. */
const FEW_WITHIN = 24;

/** Moves `length` bytes within `bytes`, also where the two places overlap. */
export function moveWithin(bytes: Uint8Array, from: number, to: number, length: number): void {
  if (length >= FEW_WITHIN) bytes.copyWithin(to, from, from + length);
  else if (to < from) for (let index = 0; index < length; index += 1) bytes[to + index] = bytes[from + index] ?? 0;
  else for (let index = length - 1; index >= 0; index -= 1) bytes[to + index] = bytes[from + index] ?? 0;
}

/** A view for decoding numbers in bytes that were just read; it sees exactly `bytes`, also when they lie in a larger buffer. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Throws the caller's mistake that `read` and `write` of every memory throw. */
export function assertHolds(memory: ReadableMemory, start: Address, length: number): void {
  assertWithin(byteLength(memory), start, length);
}

/** The same for a memory of `size` bytes: quicker where accesses are many, as nothing is asked of the memory. */
export function assertWithin(size: number, start: Address, length: number): void {
  if (start < 0 || start + length > size)
    throw new RangeError(`${length} bytes at ${start} leave the memory of ${size / PAGE_SIZE} pages.`);
}

/** Writes, growing first by just the pages that are missing, as every structure of the Rust library does. Throws `OutOfMemory`. */
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
