/** Bytes that an image should have and its file does not: findings that they cause are not the canister's fault. */
import type { Finding, FindingCode } from '../../core/findings.ts';
import { at, type OffsetRange, offsetAt, PAGE_SIZE, type ReadableMemory, readBytes } from '../../core/memory/memory.ts';
import { OverlayMemory } from '../../core/memory/overlay.ts';
import { BLOCKS_AT } from '../../motoko/regions/layout.ts';
import { MAGIC, OWNERS_AT, TABLES_LENGTH, UNOWNED, VERSION } from '../../rust/memory-manager/layout.ts';
import type { Layout } from '../layout/layout.ts';
import type { Space } from '../space.ts';

/**
 * Codes of findings that missing bytes can cause: a structure lacks its other half, or the image is shorter than its tables say.
 */
export const ABSENCE_CODES: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'mm.bucket-outside-image',
  'mm.missing',
  'log.unpaired',
  'region.trailer',
  'buffer.pairing',
  'memory-btree.pairing',
  'stable-variables.undecodable',
]);

/** Maximum gaps that are searched for a manager's page. */
const MAX_GAPS = 1_024;

/**
 * Returns the image with "no owner" in the missing bytes of owner tables. Missing bytes read as zero, and would assign all
 * buckets to memory 0.
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

/** Returns the ranges of the image that a space's pages should be in, also where these are beyond its end. */
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

/** Returns whether an image ends before the buckets or blocks that its manager counts: it was cut between two pages. */
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

/** Returns whether a finding only says that blocks of Motoko's regions are beyond the end of the image. */
export function isOfCut({ code, at: { start } }: Finding, layout: Layout, bytes: number): boolean {
  return code === 'region.block-table' && start === BLOCKS_AT && endsTooEarly(layout, bytes);
}

/** Returns the missing rest of the last page, where a file ends within a page. */
export function restOfPage(bytes: number): readonly OffsetRange[] {
  const rest = bytes % PAGE_SIZE;
  return rest === 0 ? [] : [{ start: offsetAt(0, bytes), length: PAGE_SIZE - rest }];
}
