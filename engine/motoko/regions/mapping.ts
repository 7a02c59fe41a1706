import { type Offset, offsetAt, PAGE_SIZE } from '../../memory/memory.ts';
import { BLOCK_PAGES } from './layout.ts';

export const BLOCK_BYTES = BLOCK_PAGES * PAGE_SIZE;

/** Where a region's bytes are: its blocks in the order of their ranks, and where block 0 is in the image. */
export interface BlockMapping {
  readonly blocks: readonly number[];
  readonly blockBase: number;
}

export function blockStart(block: number, blockBase: number): Offset {
  return offsetAt(0, blockBase + block * BLOCK_BYTES);
}

/**
 * Visits, in order, the pieces of a region's run that lie in one block each: where the piece is in the image, how much of the run comes
 * before it, and its length. The run lies inside the region.
 */
export function eachPiece(
  mapping: BlockMapping,
  start: number,
  length: number,
  visit: (offset: Offset, done: number, length: number) => void,
): void {
  for (let done = 0; done < length; ) {
    const position = start + done;
    const block = mapping.blocks[Math.floor(position / BLOCK_BYTES)];
    if (block === undefined) return;
    const within = position % BLOCK_BYTES;
    const piece = Math.min(BLOCK_BYTES - within, length - done);
    visit(offsetAt(blockStart(block, mapping.blockBase), within), done, piece);
    done += piece;
  }
}
