import { formatAddress, formatBytes, formatCount } from '../../core/format.ts';
import { at, byteLength, holds, PAGE_SIZE, type ReadableMemory, readBytes } from '../../core/memory/memory.ts';
import { OverlayMemory, type OverlayState } from '../../core/memory/overlay.ts';
import type { Hasher } from '../../core/sha256.ts';
import type { Sliced } from '../../core/slices.ts';
import { UserError } from '../../core/user-error.ts';
import { checksumsOf } from './checksums.ts';
import type { Change, Patch } from './patch.ts';

/** Returns the image after the patch. The memory itself stays as it is. @throws UserError if it is not the image of the patch */
export function* applyPatch(patch: Patch, memory: ReadableMemory, newHasher: () => Hasher): Sliced<OverlayState> {
  const difference = yield* findDifference(patch, memory, newHasher);
  if (difference !== undefined) throw new UserError('input', `The patch is for another image. ${difference}`);
  const overlay = new OverlayMemory(memory);
  if (patch.bytesAfter > patch.bytes) overlay.grow((patch.bytesAfter - patch.bytes) / PAGE_SIZE);
  for (const { offset, after } of patch.changes) overlay.write(at(0, offset), after);
  return overlay.state();
}

/** Returns where the memory first differs from the image of the patch, as a sentence; undefined if it is that image. */
function* findDifference(patch: Patch, memory: ReadableMemory, newHasher: () => Hasher): Sliced<string | undefined> {
  const { bytes, rangeBytes, checksums, changes } = patch;
  const size = byteLength(memory);
  const sizes = size === bytes ? '' : ` It has ${formatCount(size)} bytes, and the image of the patch has ${formatCount(bytes)}.`;
  const own = yield* checksumsOf(memory, rangeBytes, newHasher);
  const shared = Math.min(size, bytes);
  for (let start = 0; start < shared; start += rangeBytes) {
    const end = start + rangeBytes;
    // A range that is cut by the end of one of the images has no checksum in common.
    if (end <= shared || size === bytes ? own.get(start) === checksums.get(start) : true) continue;
    const change = changes.find((each) => isDifferent(each, memory) && each.offset < end);
    if (change !== undefined && change.offset >= start) return `${describe(change, memory)}${sizes}`;
    return `The first difference is in the ${formatBytes(rangeBytes)} from offset ${formatAddress(start)} on.${sizes}`;
  }
  if (size !== bytes)
    return `The first difference is at offset ${formatAddress(shared)}, where the shorter of the two ends.${sizes}`;
  const change = changes.find((each) => isDifferent(each, memory));
  return change === undefined ? undefined : `${describe(change, memory)} The patch was edited or is damaged.`;
}

function isDifferent({ offset, before }: Change, memory: ReadableMemory): boolean {
  const there = bytesAt(memory, offset, before.length);
  return before.some((byte, index) => byte !== there[index]);
}

function describe({ offset, before, after }: Change, memory: ReadableMemory): string {
  const there = bytesAt(memory, offset, before.length);
  const first = before.findIndex((byte, index) => byte !== there[index]);
  const isApplied = after.every((byte, index) => byte === there[index]);
  return `The first difference is at offset ${formatAddress(offset + first)}.${isApplied ? ' The bytes there are as the patch would make them: it may have been applied before.' : ''}`;
}

/** Returns bytes of the memory; zeros after its end, as the patch has them. */
function bytesAt(memory: ReadableMemory, start: number, length: number): Uint8Array {
  if (holds(memory, start, length)) return readBytes(memory, at(0, start), length);
  const bytes = new Uint8Array(length);
  const there = Math.max(0, Math.min(length, byteLength(memory) - start));
  if (there > 0) memory.read(at(0, start), bytes.subarray(0, there));
  return bytes;
}
