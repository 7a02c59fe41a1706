import { Budget } from '../../core/budget.ts';
import { at, PAGE_SIZE, type ReadableMemory } from '../../core/memory/memory.ts';
import { MemoryWindow } from '../../core/memory/window.ts';
import { blankLength } from '../../rust/blank-start.ts';
import { CHUNKS_AT } from '../../rust/btree/layout.ts';
import { findChunkStep } from '../../rust/btree/scan/chunk-steps.ts';

/** Maximum overwritten pages at a map's start, and number of pages from its start that are searched for chunks. */
const MAX_BLANK_PAGES = 8;
const PAGES_SEARCHED = 16;
/** Maximum bytes that are read in the whole image. */
const MAX_SEARCHED_BYTES = 64 << 20;

/**
 * Finds maps that begin at a page without a manager and whose first pages are overwritten by zeros or 0xff. The start of such a
 * map follows from the addresses of its remaining chunks.
 */
export class LostWindows {
  readonly #image: ReadableMemory;
  readonly #budget = new Budget({ bytes: MAX_SEARCHED_BYTES });
  /** First of the blank pages right before the next one. */
  #blankFrom: number | undefined;

  constructor(image: ReadableMemory) {
    this.#image = image;
  }

  /**
   * Takes the next page, at which no structure begins. Returns the first page of a map that has lost its pages before this one.
   *
   * @param starts first pages of other structures, to which the chunks may belong
   */
  after(page: number, starts: readonly number[]): number | undefined {
    const window = new MemoryWindow(this.#image, at(0, page * PAGE_SIZE), 1);
    if (blankLength(window, CHUNKS_AT) === CHUNKS_AT) {
      this.#blankFrom ??= page;
      return undefined;
    }
    return this.end(page, starts);
  }

  /** Does the same as `after` for a page where a structure begins, or for the end of the image. */
  end(page: number, starts: readonly number[]): number | undefined {
    const first = this.#blankFrom;
    this.#blankFrom = undefined;
    if (first === undefined) return undefined;
    // The blank pages before it may be unused pages of another structure.
    for (let start = page - 1; start >= Math.max(first, page - MAX_BLANK_PAGES); start -= 1) {
      const step = this.#chunkStepFrom(start);
      if (step !== undefined && !isAligned(start, starts, step)) return start;
    }
    return undefined;
  }

  /** Returns whether the chunks from a page on are where those of a map that begins at another page are. */
  continuesOther(page: number, starts: readonly number[]): boolean {
    const step = this.#chunkStepFrom(page);
    return step !== undefined && isAligned(page, starts, step);
  }

  #chunkStepFrom(page: number): number | undefined {
    const pages = Math.min(PAGES_SEARCHED, this.#image.pages - page);
    return findChunkStep(new MemoryWindow(this.#image, at(0, page * PAGE_SIZE), pages), this.#budget);
  }
}

function isAligned(page: number, starts: readonly number[], step: number): boolean {
  return starts.some((other) => ((page - other) * PAGE_SIZE) % step === 0);
}
