import { type Address, at, byteLength, type Offset, type OffsetRange, offsetAt } from '../core/memory/memory.ts';
import type { PartId } from '../core/part-ids.ts';
import type { Space } from './space.ts';

/**
 * A range of the image with one owner at the level of the manager. The areas of an image tile it. Where an area belongs to a
 * space, `address` is where it begins in that space; the first `used` bytes are part of the space, the rest is slack.
 */
export type Area =
  /**
   * Bytes of no space: the manager's pages, bytes it reserves, bytes it does not know, the data of an upgrade, an image of zeros.
   */
  | {
      readonly kind: 'named';
      readonly name: 'manager' | 'reserved' | 'unmanaged' | 'stable variables' | 'upgrade trailer' | 'zeros';
      /** `manager`, `image@1/manager`, `image` */
      readonly part: PartId;
      readonly use: 'metadata' | 'live' | 'slack' | 'unmanaged';
      readonly extent: OffsetRange;
    }
  /** A bucket or block. */
  | {
      readonly kind: 'piece';
      /** `bucket/9`, `block/0` */
      readonly part: PartId;
      readonly extent: OffsetRange;
      readonly space: Space;
      readonly address: Address;
      readonly used: number;
    }
  /** A freed bucket or block. */
  | { readonly kind: 'freed'; readonly part: PartId; readonly extent: OffsetRange }
  /** The whole image, or a window of it, where there is no manager. */
  | {
      readonly kind: 'plain';
      readonly part: PartId;
      readonly extent: OffsetRange;
      readonly space: Space;
      readonly address: Address;
      readonly used: number;
    };

/** Returns the area of a freed bucket or block. */
export function freed(part: PartId, extent: OffsetRange): Area {
  return { kind: 'freed', part, extent };
}

/** Returns a space's buckets or blocks as areas: in each the space's bytes come first, and slack follows its end. */
export function areasOf(space: Space, pieceBytes: number): readonly Area[] {
  const end = byteLength(space.memory);
  return space.pieces.map((piece, index) => {
    const address = at(0, index * pieceBytes);
    const used = Math.max(0, Math.min(pieceBytes, end - address));
    return { kind: 'piece', part: piece.part, extent: piece.extent, space, address, used };
  });
}

/**
 * Clips areas to the image's size and fills the gaps between them with unmanaged areas, so that the result tiles `bytes` in
 * order.
 */
export function tile(areas: readonly Area[], bytes: number): readonly Area[] {
  const tiled: Area[] = [];
  let end = 0;
  const sorted = [...areas].sort((a, b) => a.extent.start - b.extent.start);
  for (const area of sorted) {
    const start = Math.max(area.extent.start, end);
    const stop = Math.min(area.extent.start + area.extent.length, bytes);
    if (stop <= start) continue;
    if (start > end) tiled.push(unmanaged(end, start));
    tiled.push(cut(area, start, stop));
    end = stop;
  }
  if (end < bytes) tiled.push(unmanaged(end, bytes));
  return tiled;
}

function unmanaged(start: number, end: number): Area {
  return {
    kind: 'named',
    name: 'unmanaged',
    part: 'image',
    use: 'unmanaged',
    extent: { start: offsetAt(0, start), length: end - start },
  };
}

function cut(area: Area, start: number, end: number): Area {
  if (start === area.extent.start && end === start + area.extent.length) return area;
  const extent = { start: offsetAt(0, start), length: end - start };
  if (area.kind !== 'piece' && area.kind !== 'plain') return { ...area, extent };
  const skipped = start - area.extent.start;
  const used = Math.max(0, Math.min(area.used - skipped, extent.length));
  return { ...area, extent, address: at(area.address, skipped), used };
}

/** Returns the area that a byte of the image is in. */
export function areaAt(areas: readonly Area[], offset: Offset): Area | undefined {
  const index = areaIndexAt(areas, offset);
  return index === undefined ? undefined : areas[index];
}

/** Returns the index of the area that a byte is in, by binary search. */
export function areaIndexAt(areas: readonly Area[], offset: Offset): number | undefined {
  let low = 0;
  let high = areas.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const area = areas[middle];
    if (area === undefined) return undefined;
    if (offset < area.extent.start) high = middle - 1;
    else if (offset >= area.extent.start + area.extent.length) low = middle + 1;
    else return middle;
  }
  return undefined;
}
