import { type Offset, offsetAt, PAGE_SIZE } from '../../core/memory/memory.ts';
import { BLOCK_PAGES } from './layout.ts';

export const BLOCK_BYTES = BLOCK_PAGES * PAGE_SIZE;

/** Returns the start of a block in the image. */
export function blockStart(block: number, blockBase: number): Offset {
  return offsetAt(0, blockBase + block * BLOCK_BYTES);
}
