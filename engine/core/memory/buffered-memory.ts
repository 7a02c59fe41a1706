import { BatchOrder, MAX_BATCH } from '../batch-order.ts';
import { type Address, assertHolds, at, copyBytes, type Memory } from './memory.ts';
import { GRANULE, type OverlayMemory, type OverlayState } from './overlay.ts';

/** Maximum bytes of the writes that wait. */
const MAX_BYTES = 1024 * 1024;
const FIRST_BYTES = 256;

/** An overlay whose writes wait until it is read or saved, and are then done together, in the order of their addresses. */
export class BufferedMemory implements Memory {
  readonly #overlay: OverlayMemory;
  /** The writes that wait, by granule, because those within one have to keep their order. */
  readonly #order = new BatchOrder();
  /** For each of these writes, where in its granule it begins, its length, and where in `#bytes` its bytes begin. */
  readonly #places: number[] = [];
  readonly #lengths: number[] = [];
  readonly #starts: number[] = [];
  #bytes = new Uint8Array(FIRST_BYTES);
  #used = 0;

  constructor(overlay: OverlayMemory) {
    this.#overlay = overlay;
  }

  get pages(): number {
    return this.#overlay.pages;
  }

  /** Bytes that were copied since the last `state`, because that still has them as they were. Approximate. */
  get copiedBytes(): number {
    return this.#written().copiedBytes;
  }

  /** Bytes of everything that was written, approximately. */
  get writtenBytes(): number {
    return this.#written().writtenBytes;
  }

  grow(by: number): number {
    return this.#overlay.grow(by);
  }

  read(from: Address, into: Uint8Array): void {
    this.#written().read(from, into);
  }

  write(to: Address, bytes: Uint8Array): void {
    assertHolds(this, to, bytes.length);
    for (let done = 0; done < bytes.length; ) {
      const granule = Math.floor((to + done) / GRANULE);
      const place = to + done - granule * GRANULE;
      const length = Math.min(GRANULE - place, bytes.length - done);
      this.#add(granule, place, bytes, done, length);
      done += length;
    }
  }

  /** Saves the current state, to be read or restored later. */
  state(): OverlayState {
    return this.#written().state();
  }

  /** Goes to a saved state of the overlay, an earlier or a later one. */
  restore(state: OverlayState): void {
    this.#order.clear();
    this.#used = 0;
    this.#overlay.restore(state);
  }

  #add(granule: number, place: number, bytes: Uint8Array, start: number, length: number): void {
    if (this.#order.size === MAX_BATCH || this.#used + length > MAX_BYTES) this.#written();
    if (this.#used + length > this.#bytes.length) this.#makeRoom(length);
    const write = this.#order.add(granule);
    this.#places[write] = place;
    this.#lengths[write] = length;
    this.#starts[write] = this.#used;
    copyBytes(bytes, start, this.#bytes, this.#used, length);
    this.#used += length;
  }

  #makeRoom(length: number): void {
    const bytes = new Uint8Array(Math.min(MAX_BYTES, Math.max(4 * this.#bytes.length, this.#used + length)));
    bytes.set(this.#bytes);
    this.#bytes = bytes;
  }

  /** Does the writes that wait. Returns the overlay. */
  #written(): OverlayMemory {
    this.#order.take((write, granule) => {
      const to = at(0, granule * GRANULE + (this.#places[write] ?? 0));
      this.#overlay.writePart(to, this.#bytes, this.#starts[write] ?? 0, this.#lengths[write] ?? 0);
    });
    this.#used = 0;
    return this.#overlay;
  }
}
