import type { Report } from '../findings.ts';
import { formatBytes, formatCount, formatCounted } from '../format.ts';
import { type Address, at, type Extent, offsetAt, PAGE_SIZE, type ReadableMemory } from '../memory/memory.ts';
import { PiecedView } from '../memory/pieced-view.ts';
import { MemoryWindow } from '../memory/window.ts';
import { looksLikeManager } from '../stable-structures/memory-manager/check.ts';
import { inspectManager, type ManagerView } from '../stable-structures/memory-manager/inspect.ts';
import { decodeManager, MAGIC, VERSION } from '../stable-structures/memory-manager/layout.ts';
import { bucketStart } from '../stable-structures/memory-manager/mapping.ts';
import { recognise } from '../stable-structures/recognise.ts';
import type { Area } from './areas.ts';
import type { Labels } from './labels.ts';
import { areasOf, type Detected, freed, managerArea, plainArea } from './layout.ts';
import type { Space } from './space.ts';

/** In an image without a manager, structures are looked for at so many page starts. */
const MOST_PAGES_LOOKED_AT = 16_384;
const NOT_ALL_SEARCHED = `Structures without a manager were looked for in the first ${formatBytes(MOST_PAGES_LOOKED_AT * PAGE_SIZE)} alone.`;

/** What begins at a page: a structure, or a manager and all its buckets. */
interface Start {
  readonly page: number;
  readonly manager?: ManagerView;
}

/**
 * Where no manager is at the start, `RestrictedMemory` leaves structures in runs of pages: a window each, from the page that begins with a
 * structure's magic to the next such page. A manager can have such a run, too: its memories are spaces then. The rest of the image stays one
 * space.
 */
export function withWindows(image: ReadableMemory, unsearched: Detected, labels: Labels, report: Report): Detected {
  if (unsearched.layout.kind !== 'unknown') return unsearched;
  const remarks = image.pages > MOST_PAGES_LOOKED_AT ? [...unsearched.remarks, NOT_ALL_SEARCHED] : unsearched.remarks;
  const starts = findStarts(image, report);
  const [first] = starts;
  if (first === undefined) return { ...unsearched, remarks };
  const all = first.page === 0 ? starts : [{ page: 0 }, ...starts];
  const parts = all.map((start, index) =>
    start.manager === undefined
      ? windowed(image, start.page, (all[index + 1]?.page ?? image.pages) - start.page)
      : managedWindow(image, start.page, start.manager, labels),
  );
  return {
    ...unsearched,
    spaces: parts.flatMap(({ spaces }) => spaces),
    areas: parts.flatMap(({ areas }) => areas),
    remarks: [...remarks, ...all.flatMap(({ page, manager }) => (manager === undefined ? [] : [describeManager(page, manager)]))],
  };
}

function findStarts(image: ReadableMemory, report: Report): readonly Start[] {
  const starts: Start[] = [];
  const end = Math.min(image.pages, MOST_PAGES_LOOKED_AT);
  for (let page = 0; page < end; page += 1) {
    const manager = page === 0 ? undefined : managerAt(image, page, report);
    if (manager !== undefined) {
      starts.push({ page, manager });
      page += manager.allocatedBuckets * manager.bucketPages;
    } else if (recognise(new MemoryWindow(image, at(0, page * PAGE_SIZE), image.pages - page)).length > 0) starts.push({ page });
  }
  return starts;
}

/** The manager that begins at a page, where all of its tables agree. */
function managerAt(image: ReadableMemory, page: number, report: Report): ManagerView | undefined {
  const start = page * PAGE_SIZE;
  const window = new MemoryWindow(image, at(0, start), image.pages - page);
  const header = decodeManager(window);
  if (header?.magic !== MAGIC || header.version !== VERSION || !looksLikeManager(header)) return undefined;
  return inspectManager(window, (finding) => {
    report({ ...finding, memory: image, at: { start: at(finding.at.start, start), length: finding.at.length } });
  });
}

type Placed = Pick<Detected, 'spaces' | 'areas'>;

function windowed(image: ReadableMemory, page: number, pages: number): Placed {
  const memory = new MemoryWindow(image, at(0, page * PAGE_SIZE), pages);
  const kind = page === 0 ? 'image' : 'window';
  const space: Space = { part: page === 0 ? 'image' : `image@${page}`, kind, id: page, memory, pieces: [] };
  return { spaces: [space], areas: [plainArea(space)] };
}

/** The memories of a manager that begins at a page, as they lie in the image. */
function managedWindow(image: ReadableMemory, page: number, manager: ManagerView, labels: Labels): Placed {
  const bytesEach = manager.bucketPages * PAGE_SIZE;
  const from: Address = at(0, page * PAGE_SIZE);
  const extentOf = (bucket: number): Extent => ({
    start: offsetAt(bucketStart(bucket, manager.bucketPages), from),
    length: bytesEach,
  });
  const bucketPart = (bucket: number): string => `image@${page}/bucket/${bucket}`;
  const spaces = manager.memories.map(({ id, pages, buckets }): Space => {
    const part = `image@${page}/memory/${id}`;
    const pieces = buckets.map((bucket) => ({ part: bucketPart(bucket), extent: extentOf(bucket) }));
    const memory = new PiecedView(image, pages, { starts: pieces.map(({ extent }) => extent.start), bytesEach });
    return { part, kind: 'virtual-memory', id, name: labels.spaces.get(part)?.name, memory, pieces };
  });
  const areas: readonly Area[] = [
    managerArea({ start: offsetAt(0, from), length: PAGE_SIZE }),
    ...spaces.flatMap((space) => areasOf(space, bytesEach)),
    ...manager.freedBuckets.map((bucket) => freed(bucketPart(bucket), extentOf(bucket))),
  ];
  return { spaces, areas };
}

function describeManager(page: number, { memories, allocatedBuckets }: ManagerView): string {
  return `A memory manager begins at page ${formatCount(page)}, with ${formatCounted(memories.length, 'memory', 'memories')} in ${formatCounted(allocatedBuckets, 'bucket')}: their parts begin with image@${page}.`;
}
