/** Size in bytes of the pages in which changes of main memory are tracked, as in a replica. */
export const CHANGE_PAGE = 4096;

/** The old bytes of a page of main memory, saved at the first change. */
export interface SavedPage {
  readonly page: number;
  readonly bytes: Uint8Array;
}

/** Buffers for saved pages that are no longer needed. */
const spare: Uint8Array[] = [];
const MAX_SPARE = 4096;

/**
 * A journal of the pages of main memory that a message changes. Pages that the memory did not have when the journal began are not
 * saved.
 */
export class PageJournal {
  /** Size of the memory at the beginning, in bytes. */
  readonly bytes: number;
  readonly #isSaved: Uint8Array;
  readonly #saved: SavedPage[] = [];

  constructor(bytes: number) {
    this.bytes = bytes;
    this.#isSaved = new Uint8Array(Math.ceil(bytes / CHANGE_PAGE));
  }

  /** Saves the pages from `first` to `last` that have not been saved yet. They may be outside the memory. */
  save(first: number, last: number, memory: Uint8Array): void {
    const end = Math.min(last + 1, this.#isSaved.length);
    for (let page = first; page < end; page++) {
      if (this.#isSaved[page] === 1) continue;
      this.#isSaved[page] = 1;
      const bytes = spare.pop() ?? new Uint8Array(CHANGE_PAGE);
      bytes.set(memory.subarray(page * CHANGE_PAGE, (page + 1) * CHANGE_PAGE));
      this.#saved.push({ page, bytes });
    }
  }

  /** Puts the saved bytes back. */
  restore(memory: Uint8Array): void {
    for (const { page, bytes } of this.#saved) memory.set(bytes, page * CHANGE_PAGE);
    this.discard();
  }

  /** Adds what is saved here to the journal around this one, which began before it. */
  mergeInto(outer: PageJournal): void {
    for (const saved of this.#saved) outer.#add(saved);
  }

  /** Frees the saved bytes. The journal cannot be used afterwards. */
  discard(): void {
    for (const { bytes } of this.#saved) if (spare.length < MAX_SPARE) spare.push(bytes);
    this.#saved.length = 0;
  }

  #add(saved: SavedPage): void {
    if (saved.page >= this.#isSaved.length || this.#isSaved[saved.page] === 1) {
      if (spare.length < MAX_SPARE) spare.push(saved.bytes);
      return;
    }
    this.#isSaved[saved.page] = 1;
    this.#saved.push(saved);
  }
}
