import { PAGE_SIZE } from '../core/memory/memory.ts';
import type { ByteSource } from '../core/memory/source.ts';
import { type OverlayFile, REPLICA_PAGE, readBlock } from './overlay-file.ts';

/**
 * A memory as a replica stores it: a base file, and overlays with the pages that were written later. The newest overlay with a
 * page wins, then the base; otherwise the page is zero. Pages are only merged when they are read.
 */
export class LayeredSource implements ByteSource {
  /** Size in bytes, a multiple of the WebAssembly page size. */
  readonly size: number;
  readonly #base: ByteSource | undefined;
  /** The layers, oldest first, in the order in which they are applied. */
  readonly #layers: readonly Layer[];

  /**
   * `overlays`: oldest first. `pages`: the size in WebAssembly pages, if it is known; otherwise the size follows from the files.
   */
  constructor(base: ByteSource | undefined, overlays: readonly OverlayFile[], pages = 0) {
    this.#base = base;
    this.#layers = overlays.map((overlay) => new Layer(overlay));
    const written = Math.max(base?.size ?? 0, ...overlays.map(({ end }) => end * REPLICA_PAGE));
    this.size = Math.max(pages, Math.ceil(written / PAGE_SIZE)) * PAGE_SIZE;
  }

  read(offset: number, into: Uint8Array): void {
    const there = Math.max(0, Math.min(into.length, (this.#base?.size ?? 0) - offset));
    if (there > 0) this.#base?.read(offset, there === into.length ? into : into.subarray(0, there));
    into.fill(0, there);
    for (const layer of this.#layers) layer.apply(offset, into);
  }
}

/** An overlay, with the block of its index that was read last. */
class Layer {
  readonly #overlay: OverlayFile;
  #block = -1;
  #ranges: Float64Array = new Float64Array();

  constructor(overlay: OverlayFile) {
    this.#overlay = overlay;
  }

  /** Copies the overlay's pages in a range of bytes over the bytes in `into`. */
  apply(offset: number, into: Uint8Array): void {
    const { source, blocks, first, end } = this.#overlay;
    const from = Math.floor(offset / REPLICA_PAGE);
    const to = Math.ceil((offset + into.length) / REPLICA_PAGE);
    if (to <= first || from >= end) return;
    for (let block = Math.max(0, lastAtMost(blocks, from)); block < blocks.length; block += 1) {
      if ((blocks[block] ?? 0) >= to) return;
      const ranges = this.#read(block);
      for (let at = firstEndingAfter(ranges, from) * 3; at < ranges.length; at += 3) {
        const [start = 0, stop = 0, position = 0] = ranges.subarray(at, at + 3);
        if (start >= to) return;
        const begin = Math.max(start * REPLICA_PAGE, offset);
        const finish = Math.min(stop * REPLICA_PAGE, offset + into.length);
        source.read(position * REPLICA_PAGE + begin - start * REPLICA_PAGE, into.subarray(begin - offset, finish - offset));
      }
    }
  }

  #read(block: number): Float64Array {
    if (this.#block !== block) {
      this.#ranges = readBlock(this.#overlay, block);
      this.#block = block;
    }
    return this.#ranges;
  }
}

/** Returns the index of the last number that is not above `limit`, in ascending `numbers`; -1 if there is none. */
function lastAtMost(numbers: readonly number[], limit: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Returns the index of the first range that ends after `page`. */
function firstEndingAfter(ranges: Float64Array, page: number): number {
  let low = 0;
  let high = ranges.length / 3;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle * 3 + 1] ?? 0) <= page) low = middle + 1;
    else high = middle;
  }
  return low;
}
