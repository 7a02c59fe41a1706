import { Budget } from '../../core/budget.ts';
import { at, PAGE_SIZE, type ReadableMemory } from '../../core/memory/memory.ts';
import { MemoryWindow } from '../../core/memory/window.ts';
import { blankLength } from '../../rust/blank-start.ts';
import { CHUNKS_AT } from '../../rust/btree/layout.ts';
import { findChunkStep } from '../../rust/btree/scan/chunk-steps.ts';

/** First pages of a map that may be overwritten, and pages from its start on in which chunks are looked for. */
const MAX_BLANK_PAGES = 8;
const PAGES_SEARCHED = 16;
/** Bytes that are read for all of an image. */
const MAX_SEARCHED = 64 << 20;

/**
 * Finds maps that begin at a page without a manager and have lost their first pages to zeros or 0xff. Nothing but the places of the chunks that
 * are left says where such a map begins.
 */
export class LostWindows {
  readonly #image: ReadableMemory;
  readonly #budget = new Budget({ bytes: MAX_SEARCHED });
  /** The first of the pages before the next one that all begin with nothing. */
  #blankFrom: number | undefined;

  constructor(image: ReadableMemory) {
    this.#image = image;
  }

  /**
   * Takes the next page, one that no structure begins at, and returns the page that a map begins at which has lost the pages before this one. `starts`: where
   * other structures begin, whose chunks these may be.
   */
  after(page: number, starts: readonly number[]): number | undefined {
    const window = new MemoryWindow(this.#image, at(0, page * PAGE_SIZE), 1);
    if (blankLength(window, CHUNKS_AT) === CHUNKS_AT) {
      this.#blankFrom ??= page;
      return undefined;
    }
    return this.end(page, starts);
  }

  /** As `after`, for a page where a structure begins, or the end of the image. */
  end(page: number, starts: readonly number[]): number | undefined {
    const first = this.#blankFrom;
    this.#blankFrom = undefined;
    if (first === undefined) return undefined;
    // More zeros may come before it, that another structure has not come to.
    for (let start = page - 1; start >= Math.max(first, page - MAX_BLANK_PAGES); start -= 1) {
      const pages = Math.min(PAGES_SEARCHED, this.#image.pages - start);
      const step = findChunkStep(new MemoryWindow(this.#image, at(0, start * PAGE_SIZE), pages), this.#budget);
      if (step !== undefined && !starts.some((other) => ((start - other) * PAGE_SIZE) % step === 0)) return start;
    }
    return undefined;
  }
}
