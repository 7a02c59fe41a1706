import type { Report } from '../../core/findings.ts';
import {
  at,
  type MappedMemory,
  type OffsetRange,
  offsetAt,
  PAGE_SIZE,
  type ReadableMemory,
  readBytes,
  viewOf,
} from '../../core/memory/memory.ts';
import { MemoryWindow } from '../../core/memory/window.ts';
import { type ManagerPrefix, managerPrefix, type PieceId, type SpaceId } from '../../core/part-ids.ts';
import { LinkedManagerView } from '../../rust/linked-memory-manager/inspect.ts';
import { namesInLedger } from '../../rust/memory-id-ledger.ts';
import { isLikelyManager } from '../../rust/memory-manager/check.ts';
import { type ManagerView, viewOfManager } from '../../rust/memory-manager/inspect.ts';
import {
  BUCKET_PAGES_AT,
  COUNT_AT,
  decodeManager,
  MAGIC,
  MAX_BUCKETS,
  RESERVED_AT,
  SIZES_AT,
  VERSION,
} from '../../rust/memory-manager/layout.ts';
import { bucketStart } from '../../rust/memory-manager/mapping.ts';
import { type Area, areasOf, freed } from '../areas.ts';
import { type NameSources, nameOfMemory } from '../names/space-names.ts';
import type { Space } from '../space.ts';

/** A memory manager and its place in the image. */
export interface PlacedManager {
  /** Page of the image at which it begins. */
  readonly page: number;
  /** Prefix of the ids of its parts: empty at page 0, else `image@1/`. */
  readonly prefix: ManagerPrefix;
  /** The image from that page on. */
  readonly memory: MappedMemory;
  readonly view: ManagerView | LinkedManagerView;
}

/** Returns the part id of the manager's pages: `manager`, `image@1/manager`. */
export function partOfManager({ prefix }: PlacedManager): SpaceId {
  return `${prefix}manager`;
}

/** Returns a view as the manager at page 0. */
export function managerAtStart(image: ReadableMemory, view: PlacedManager['view']): PlacedManager {
  return { page: 0, prefix: '', memory: new MemoryWindow(image, at(0, 0), image.pages), view };
}

/** Returns the manager that begins at a page; undefined where none does. The page may have any content. */
export function managerAt(image: ReadableMemory, page: number, report: Report): PlacedManager | undefined {
  const from = offsetAt(0, page * PAGE_SIZE);
  if (!canBeManager(readBytes(image, at(0, from), SIZES_AT))) return undefined;
  const memory = new MemoryWindow(image, at(0, from), image.pages - page);
  const header = decodeManager(memory);
  if (header === undefined || !isLikelyManager(header)) return undefined;
  const view = viewOfManager(memory, header, report, [], { image, from });
  return { page, prefix: managerPrefix(page), memory, view };
}

/** Returns whether a page's first bytes may be a manager's: two letters of the magic, or all the rest of a header. Fast. */
function canBeManager(bytes: Uint8Array): boolean {
  const letters = [...MAGIC].filter((letter, index) => bytes[index] === letter.charCodeAt(0)).length;
  if (letters >= 2) return true;
  const view = viewOf(bytes);
  const buckets = view.getUint16(COUNT_AT, true);
  const isNumbered = bytes[3] === VERSION && view.getUint16(BUCKET_PAGES_AT, true) > 0 && buckets > 0 && buckets <= MAX_BUCKETS;
  return isNumbered && bytes.subarray(RESERVED_AT, SIZES_AT).every((byte) => byte === 0);
}

/** Returns the page after a manager's last bucket, counted or owned; the end of the image where the bucket size is 0. */
export function endOfManager({ page, memory, view }: PlacedManager): number {
  if (view.bucketPages === 0) return page + memory.pages;
  const owned = view.memories.map(({ buckets }) => Math.max(-1, ...buckets) + 1);
  return page + 1 + Math.max(view.allocatedBuckets, ...owned) * view.bucketPages;
}

/** Returns the memories of a manager as spaces, and its page and buckets as areas. */
export function placesOfManager(
  placed: PlacedManager,
  names: NameSources,
): { readonly spaces: readonly Space[]; readonly areas: readonly Area[] } {
  const { page, prefix, view } = placed;
  const from = offsetAt(0, page * PAGE_SIZE);
  const bucketBytes = view.bucketPages * PAGE_SIZE;
  const extentOf = (bucket: number): OffsetRange => ({
    start: offsetAt(from, bucketStart(bucket, view.bucketPages)),
    length: bucketBytes,
  });
  const partOf = (bucket: number): PieceId => `${prefix}bucket/${bucket}`;
  const tables = view instanceof LinkedManagerView ? view.tables : [];
  const [lowest] = view.memories;
  const stableKeys = lowest?.id === 0 ? namesInLedger(lowest) : undefined;
  const spaces = view.memories.map((memory): Space => {
    const part: SpaceId = `${prefix}memory/${memory.id}`;
    const pieces = memory.buckets.map((bucket) => ({ part: partOf(bucket), extent: extentOf(bucket) }));
    const named = () => nameOfMemory(names, part, stableKeys?.get(memory.id));
    return {
      part,
      kind: 'virtual-memory',
      id: memory.id,
      get name() {
        return named()?.name;
      },
      get nameFrom() {
        return named()?.from;
      },
      get declared() {
        return names.declared(part);
      },
      memory,
      pieces,
    };
  });
  const managerArea = (extent: OffsetRange): Area => ({
    kind: 'named',
    name: 'manager',
    part: partOfManager(placed),
    use: 'metadata',
    extent,
  });
  return {
    spaces,
    areas: [
      managerArea({ start: from, length: PAGE_SIZE }),
      ...tables.map((bucket) => managerArea(extentOf(bucket))),
      ...spaces.flatMap((space) => areasOf(space, bucketBytes)),
      ...view.freedBuckets.map((bucket) => freed(partOf(bucket), extentOf(bucket))),
    ],
  };
}

/** Returns the memory of a manager as a space: findings about its page are in this space. */
export function spaceOfManager(placed: PlacedManager): Space {
  return { part: partOfManager(placed), kind: 'window', id: placed.page, memory: placed.memory, pieces: [] };
}
