import { formatCount } from '../../core/format.ts';
import { isAllZero } from '../../core/memory/all-zero.ts';
import { at, byteLength, offsetAt, PAGE_SIZE, type ReadableMemory, readBytes } from '../../core/memory/memory.ts';
import { changedSpans, type OverlayState } from '../../core/memory/overlay.ts';
import type { Hasher } from '../../core/sha256.ts';
import type { Sliced } from '../../core/slices.ts';
import { UserError } from '../../core/user-error.ts';
import { checksumsOf, rangeLength } from './checksums.ts';
import type { Change, Patch } from './patch.ts';

/** Maximum ranges of changed bytes in a patch. */
const MAX_SPANS = 2_000_000;
/** Changes with at most this many equal bytes between them become one. */
const MAX_GAP = 8;

/** Returns the patch that makes `after` from `before`, two states of one overlay. @throws UserError if they differ in too many places */
export function* makePatch(before: OverlayState, after: OverlayState, newHasher: () => Hasher): Sliced<Patch> {
  const rangeBytes = rangeLength(byteLength(before));
  const checksums = yield* checksumsOf(before, rangeBytes, newHasher);
  return {
    bytes: byteLength(before),
    bytesAfter: byteLength(after),
    rangeBytes,
    checksums,
    changes: changesBetween(before, after),
  };
}

/** Returns the bytes that differ between two states of one overlay. @throws UserError if they differ in too many places */
export function changesBetween(before: OverlayState, after: OverlayState): readonly Change[] {
  const spans = changedSpans(before, after, MAX_SPANS + 1);
  if (spans.length > MAX_SPANS)
    throw new UserError('request', `More than ${formatCount(MAX_SPANS)} ranges of bytes differ, which is too many for a patch.`);
  const changes: Change[] = [];
  for (let index = 0; index < spans.length; ) {
    const start = spans[index]?.start ?? at(0, 0);
    let end: number = start;
    for (; index < spans.length; index += 1) {
      const span = spans[index];
      if (span === undefined || (end > start && span.start - end > MAX_GAP)) break;
      end = span.start + span.length;
    }
    changes.push({
      offset: offsetAt(0, start),
      before: readBytes(before, start, end - start),
      after: readBytes(after, start, end - start),
    });
  }
  return [...changes, ...newPages(before, after)];
}

/** Returns the pages of `after` that `before` does not have, where they are not zero. */
function newPages(before: ReadableMemory, after: ReadableMemory): readonly Change[] {
  const changes: Change[] = [];
  for (let page = before.pages; page < after.pages; page += 1) {
    const bytes = readBytes(after, at(0, page * PAGE_SIZE), PAGE_SIZE);
    if (!isAllZero(bytes))
      changes.push({ offset: offsetAt(0, page * PAGE_SIZE), before: new Uint8Array(PAGE_SIZE), after: bytes });
  }
  return changes;
}
