import type { Report } from '../../core/findings.ts';
import { formatBytes, formatCount, formatCounted } from '../../core/format.ts';
import { at, PAGE_SIZE, type ReadableMemory } from '../../core/memory/memory.ts';
import { MemoryWindow } from '../../core/memory/window.ts';
import { recognise } from '../../rust/recognise.ts';
import type { NameSources } from '../names/space-names.ts';
import type { Space } from '../space.ts';
import { type Detected, plainArea } from './layout.ts';
import { LostWindows } from './lost-windows.ts';
import { endOfManager, managerAt, type PlacedManager, placesOfManager } from './managers.ts';

/** Maximum pages that are searched for structures and managers in an image without a manager at its start. */
const MAX_PAGES_SEARCHED = 16_384;
const NOT_ALL_SEARCHED = `Only the first ${formatBytes(MAX_PAGES_SEARCHED * PAGE_SIZE)} were searched for structures without a manager.`;
/** Maximum pages after the buckets of the manager at the start that are searched for other managers. */
const MAX_PAGES_AFTER = 1_024;

/** A page at which a structure begins, or a manager with all its buckets. */
interface Start {
  readonly page: number;
  readonly manager?: PlacedManager;
}

/**
 * Divides an image without a manager at its start into windows. There, a program with `RestrictedMemory` has its structures in
 * ranges of pages: each window begins at a page with a structure's magic and ends at the next such page. A range can also belong
 * to a manager, whose memories are then spaces. The rest of the image stays one space.
 */
export function withWindows(image: ReadableMemory, unsearched: Detected, names: NameSources, report: Report): Detected {
  const { layout } = unsearched;
  if (layout.kind === 'memory-manager') return withLaterManagers(image, unsearched, names, report);
  if (layout.kind !== 'unknown') return unsearched;
  const remarks = image.pages > MAX_PAGES_SEARCHED ? [...unsearched.remarks, NOT_ALL_SEARCHED] : unsearched.remarks;
  const starts = findStarts(image, report);
  const [first] = starts;
  if (first === undefined) return { ...unsearched, remarks };
  const all = first.page === 0 ? starts : [{ page: 0 }, ...starts];
  const parts = all.map((start, index) =>
    start.manager === undefined
      ? windowed(image, start.page, (all[index + 1]?.page ?? image.pages) - start.page)
      : placesOfManager(start.manager, names),
  );
  const [manager, ...others] = starts.flatMap((start) => start.manager ?? []);
  return {
    layout: manager === undefined ? layout : { kind: 'memory-manager', managers: [manager, ...others] },
    spaces: parts.flatMap(({ spaces }) => spaces),
    areas: parts.flatMap(({ areas }) => areas),
    remarks: [...remarks, ...starts.flatMap((start) => (start.manager === undefined ? [] : [describeManager(start.manager)]))],
  };
}

/** Finds managers after the buckets of the first one. */
function withLaterManagers(image: ReadableMemory, detected: Detected, names: NameSources, report: Report): Detected {
  const { layout } = detected;
  if (layout.kind !== 'memory-manager') return detected;
  const found: PlacedManager[] = [];
  let page = endOfManager(layout.managers[0]);
  for (const end = Math.min(image.pages, page + MAX_PAGES_AFTER); page < end; page += 1) {
    const manager = managerAt(image, page, report);
    if (manager === undefined) continue;
    found.push(manager);
    page = endOfManager(manager) - 1;
  }
  const places = found.map((manager) => placesOfManager(manager, names));
  return {
    ...detected,
    layout: { ...layout, managers: [...layout.managers, ...found] },
    spaces: [...detected.spaces, ...places.flatMap(({ spaces }) => spaces)],
    areas: [...detected.areas, ...places.flatMap(({ areas }) => areas)],
    remarks: [...detected.remarks, ...found.map(describeManager)],
  };
}

function findStarts(image: ReadableMemory, report: Report): readonly Start[] {
  const starts: Start[] = [];
  const lost = new LostWindows(image);
  // The first window is the start's, even where nothing is known to begin there.
  const pages = [0];
  const add = (page: number | undefined, manager?: PlacedManager): void => {
    if (page === undefined) return;
    starts.push({ page, ...(manager && { manager }) });
    pages.push(page);
  };
  const end = Math.min(image.pages, MAX_PAGES_SEARCHED);
  for (let page = 0; page < end; page += 1) {
    const manager = page === 0 ? undefined : managerAt(image, page, report);
    if (manager !== undefined) {
      add(lost.end(page, pages));
      add(page, manager);
      page = endOfManager(manager) - 1;
    } else if (isStart(image, page, pages, lost)) {
      add(lost.end(page, pages));
      add(page);
    } else add(lost.after(page, pages));
  }
  add(lost.end(end, pages));
  return starts;
}

/** Returns whether a structure begins at a page. A chunk of a long map may be where the first one of a map without a header would be. */
function isStart(image: ReadableMemory, page: number, starts: readonly number[], lost: LostWindows): boolean {
  const [found] = recognise(new MemoryWindow(image, at(0, page * PAGE_SIZE), image.pages - page));
  if (found === undefined) return false;
  return found.kind !== 'btreemap' || found.whole || page === 0 || !lost.continuesOther(page, starts);
}

function windowed(image: ReadableMemory, page: number, pages: number): Pick<Detected, 'spaces' | 'areas'> {
  const memory = new MemoryWindow(image, at(0, page * PAGE_SIZE), pages);
  const kind = page === 0 ? 'image' : 'window';
  const space: Space = { part: page === 0 ? 'image' : `image@${page}`, kind, id: page, memory, pieces: [] };
  return { spaces: [space], areas: [plainArea(space)] };
}

function describeManager({ page, view }: PlacedManager): string {
  const { memories, allocatedBuckets } = view;
  return `A memory manager begins at page ${formatCount(page)}, with ${formatCounted(memories.length, 'memory', 'memories')} in ${formatCounted(allocatedBuckets, 'bucket')}: the ids of its parts begin with image@${page}.`;
}
