import { viewOf } from '../core/memory/memory.ts';
import type { ByteSource } from '../core/memory/source.ts';

/**
 * An overlay file of a replica's state: the pages of a memory that were written since the previous file.
 *
 * | offset | size | field |
 * |---|---|---|
 * | 0 | 4096 × pages | the pages, in the order of the index |
 * | … | 24 × ranges | the index: first page, page after the last, position of the first in this file; u64 little-endian, ascending |
 * | end - 12 | 8 | pages in this file, u64 little-endian |
 * | end - 4 | 4 | version, u32 little-endian: 0 |
 *
 * Source: dfinity/ic, `rs/replicated_state/src/page_map/storage.rs`, `OverlayVersion::V0`. Its size is never a multiple of the
 * page size.
 */

/** Bytes in a page of a replica's files. */
export const REPLICA_PAGE = 4096;

const RANGE_BYTES = 24;
const TRAILER_BYTES = 12;
const VERSION = 0;

/** Maximum page: stable memory ends at 500 GiB, so a file with a higher page is not an overlay. */
const MAX_PAGE = (500 * 2 ** 30) / REPLICA_PAGE;

/** Ranges read and kept at a time. */
const BLOCK = 4096;

/** An open overlay file. Its index is read in blocks, because it may be large. */
export interface OverlayFile {
  readonly source: ByteSource;
  /** Pages in the file. */
  readonly pages: number;
  readonly ranges: number;
  /** The first page of the memory in the file, and the page after the last. */
  readonly first: number;
  readonly end: number;
  /** The first page of each block of the index. */
  readonly blocks: readonly number[];
}

/** The reason why a file cannot be read as an overlay. */
export type OverlayFault =
  /** Nothing in the file looks like an overlay. */
  { readonly kind: 'not-an-overlay' } | { readonly kind: 'version'; readonly version: number } | { readonly kind: 'damaged' };

/** Opens an overlay file. Checks its whole index once, so that readers can rely on it. */
export function openOverlay(source: ByteSource): OverlayFile | OverlayFault {
  const { size } = source;
  if (size < REPLICA_PAGE + RANGE_BYTES + TRAILER_BYTES) return { kind: 'not-an-overlay' };
  const trailer = new Uint8Array(TRAILER_BYTES);
  source.read(size - TRAILER_BYTES, trailer);
  const view = viewOf(trailer);
  const pages = Number(view.getBigUint64(0, true));
  const version = view.getUint32(8, true);
  const indexBytes = size - TRAILER_BYTES - pages * REPLICA_PAGE;
  if (pages < 1 || indexBytes < RANGE_BYTES || indexBytes % RANGE_BYTES !== 0) return { kind: 'not-an-overlay' };
  if (version !== VERSION) return { kind: 'version', version };

  const ranges = indexBytes / RANGE_BYTES;
  const blocks: number[] = [];
  let first = 0;
  let end = 0;
  let filePage = 0;
  for (let block = 0; block * BLOCK < ranges; block += 1) {
    const index = readBlock({ source, pages, ranges }, block);
    for (let at = 0; at < index.length; at += 3) {
      const [from = 0, to = 0, position = 0] = index.subarray(at, at + 3);
      const follows = block === 0 && at === 0 ? from >= 0 : from >= end;
      if (!follows || to <= from || to > MAX_PAGE || position !== filePage) return { kind: 'damaged' };
      if (block === 0 && at === 0) first = from;
      if (at === 0) blocks.push(from);
      end = to;
      filePage += to - from;
    }
  }
  if (filePage !== pages) return { kind: 'damaged' };
  return { source, pages, ranges, first, end, blocks };
}

/** Reads the ranges of a block, three numbers each: first page, page after the last, page in the file. */
export function readBlock(
  { source, pages, ranges }: Pick<OverlayFile, 'source' | 'pages' | 'ranges'>,
  block: number,
): Float64Array {
  const count = Math.min(BLOCK, ranges - block * BLOCK);
  const bytes = new Uint8Array(count * RANGE_BYTES);
  source.read(pages * REPLICA_PAGE + block * BLOCK * RANGE_BYTES, bytes);
  const view = viewOf(bytes);
  return Float64Array.from({ length: count * 3 }, (_, index) => Number(view.getBigUint64(index * 8, true)));
}
