/** Bytes that an image should have and the file has not: what they seem to say is no fault of the canister's. */
import type { Finding, FindingCode } from '../../core/findings.ts';
import { at, type OffsetRange, offsetAt, PAGE_SIZE, type ReadableMemory, readBytes } from '../../core/memory/memory.ts';
import { OverlayMemory } from '../../core/memory/overlay.ts';
import { BLOCKS_AT } from '../../motoko/regions/layout.ts';
import { MAGIC, OWNERS_AT, TABLES_LENGTH, UNOWNED, VERSION } from '../../rust/memory-manager/layout.ts';
import type { Layout } from '../layout/layout.ts';
import type { Space } from '../space.ts';

/** What is found where bytes that are somewhere else are not there: a half is missed, or the image is shorter than its tables. */
export const OF_ABSENCE: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'mm.bucket-outside-image',
  'mm.missing',
  'log.unpaired',
  'region.trailer',
  'buffer.pairing',
  'memory-btree.pairing',
  'stable-variables.undecodable',
]);

/** Managers are looked for at the ends of so many gaps. */
const MAX_GAPS = 1_024;

/**
 * The image, in which owner tables have no owners where they are not there: bytes that are not there read as zero, and would give all buckets to
 * memory 0.
 */
export function withKnownOwners(image: ReadableMemory, gaps: readonly OffsetRange[]): ReadableMemory {
  let overlay: OverlayMemory | undefined;
  for (const { start, length } of gaps.slice(0, MAX_GAPS)) {
    const page = Math.floor(start / PAGE_SIZE) * PAGE_SIZE;
    const from = Math.max(start, page + OWNERS_AT);
    const end = Math.min(start + length, page + TABLES_LENGTH);
    if (end <= from || !isManagersPage(image, page)) continue;
    overlay ??= new OverlayMemory(image);
    overlay.write(at(0, from), new Uint8Array(end - from).fill(UNOWNED));
  }
  return overlay ?? image;
}

function isManagersPage(image: ReadableMemory, page: number): boolean {
  if (page + PAGE_SIZE > image.pages * PAGE_SIZE) return false;
  return String.fromCharCode(...readBytes(image, at(0, page), 4)) === `${MAGIC}${String.fromCharCode(VERSION)}`;
}

/** Where the bytes of a space's own pages should lie in the image, also where that is beyond its end. */
export function extentsOf({ memory, pieces }: Space): readonly OffsetRange[] {
  const bytes = memory.pages * PAGE_SIZE;
  if (pieces.length === 0) return memory.toImage(at(0, 0), bytes);
  let left = bytes;
  return pieces.map(({ extent: { start, length } }) => {
    const used = Math.max(0, Math.min(left, length));
    left -= used;
    return { start, length: used };
  });
}

/** Whether an image ends before the buckets or blocks that its manager counts: it was cut between two pages. */
export function endsTooEarly(layout: Layout, bytes: number): boolean {
  switch (layout.kind) {
    case 'memory-manager':
      return layout.managers.some(({ page, view }) => (page + 1 + view.allocatedBuckets * view.bucketPages) * PAGE_SIZE > bytes);
    case 'motoko-regions':
      return layout.manager.blocks > 0 && layout.manager.end > bytes;
    default:
      return false;
  }
}

/** Whether a finding tells only that the blocks which Motoko's regions count lie beyond the end of the image. */
export function isOfCut({ code, at: { start } }: Finding, layout: Layout, bytes: number): boolean {
  return code === 'region.block-table' && start === BLOCKS_AT && endsTooEarly(layout, bytes);
}

/** The rest of the last page of a file that ends within it. */
export function restOfPage(bytes: number): readonly OffsetRange[] {
  const rest = bytes % PAGE_SIZE;
  return rest === 0 ? [] : [{ start: offsetAt(0, bytes), length: PAGE_SIZE - rest }];
}
