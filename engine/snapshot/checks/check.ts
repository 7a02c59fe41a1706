/** Checks between structures, memories and their manager: no structure can do these alone. */

import { Budget } from '../../core/budget.ts';
import type { Finding } from '../../core/findings.ts';
import { formatBytes, formatCount, formatCounted } from '../../core/format.ts';
import { at, PAGE_SIZE } from '../../core/memory/memory.ts';
import { MemoryWindow } from '../../core/memory/window.ts';
import { isWithin } from '../../core/part-ids.ts';
import { formatBuckets } from '../../rust/memory-manager/order.ts';
import { type RecognisedKind, recognise } from '../../rust/recognise.ts';
import { managerOf } from '../layout/layout.ts';
import { endOfManager, type PlacedManager } from '../layout/managers.ts';
import type { PlacedFinding } from '../placed.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Space } from '../space.ts';
import { checkBlankStart } from './check-blank.ts';
import { checkBuckets } from './check-buckets.ts';
import { checkClash, checkTwoMaps } from './check-clash.ts';
import { checkLabel } from './check-label.ts';
import { checkOrder } from './check-order.ts';
import { STORED_NAMES } from './opening.ts';
import type { ReportFinding } from './report-finding.ts';

/** Maximum pages that are searched for structures that the tables do not lead to. */
const MAX_SEARCHED_PAGES = 4_096;
/** Maximum bytes that are searched for logs without their start. */
const MAX_SEARCHED_BYTES = 4 << 20;

/**
 * Checks the memories of an image against each other and against their manager.
 *
 * @param known findings of the structures and the manager
 */
export function checkMemories(snapshot: Snapshot, known: readonly PlacedFinding[]): readonly PlacedFinding[] {
  const found: PlacedFinding[] = [];
  const report: ReportFinding = (code, part, memory, span, message, wasted) => {
    const finding: Finding = { code, memory, at: span, message, wasted };
    const placed = snapshot.places.placeIfThere(finding, part);
    if (placed !== undefined) found.push(placed);
  };
  if (snapshot.places.isIncomplete) return found;
  checkStart(snapshot, report);
  const isManagerDamaged = known.some(({ code, severity }) => code.startsWith('mm.') && severity === 'error');
  if (snapshot.layout.kind === 'memory-manager') {
    for (const manager of snapshot.layout.managers) checkBuckets(manager, known, report);
  }
  const blanks = {
    starts: new Budget({ bytes: MAX_SEARCHED_PAGES * PAGE_SIZE }),
    logs: new Budget({ bytes: MAX_SEARCHED_BYTES }),
  };
  const withFindings = new Set(known.map(({ part }) => part.split('/').slice(0, 2).join('/')));
  const lookups = new Budget({ steps: MAX_SEARCHED_PAGES });
  for (const space of snapshot.spaces) {
    if (space.kind === 'region') {
      if (!withFindings.has(space.part)) checkBlankStart(snapshot, space, known, report, blanks);
      continue;
    }
    const errors = new Set(
      known.flatMap(({ part, severity, code }) => (severity === 'error' && isIn(part, space) ? [code] : [])),
    );
    checkClash(snapshot, space, errors.size > 0, report);
    checkLabel(snapshot, space, report);
    checkTwoMaps(snapshot, space, errors, report);
    const before = found.length;
    const manager = managerOf(snapshot.layout, space);
    if (manager !== undefined) checkOrder(manager, space, errors.size > 0, report, lookups);
    // Where buckets are lost or permuted, the memory's own start is elsewhere.
    if (found.length === before && !isManagerDamaged) checkBlankStart(snapshot, space, known, report, blanks);
  }
  return found;
}

function isIn(part: string, space: Space): boolean {
  return isWithin(part, space.part);
}

/** Reports a manager that is missing from the image's start, or that was started again over an older one. */
function checkStart(snapshot: Snapshot, report: ReportFinding): void {
  const { layout, memory: image, structures } = snapshot;
  if (layout.kind === 'unknown') {
    const pages = structures.filter(({ space }) => space.kind === 'window').map(({ space }) => space.id);
    if (pages.length < 2 || !pages.includes(1) || structures.some(({ space }) => space.id === 0)) return;
    const message = `Structures begin at pages ${formatBuckets(pages)}, as they do in the buckets of a memory manager, but there is none at the start of the image. MemoryManager::init would start an empty one, in which all of them are lost.`;
    report('mm.missing', 'image', image, { start: at(0, 0), length: 3 }, message);
    return;
  }
  if (layout.kind !== 'memory-manager') return;
  layout.managers.forEach((manager, index) => {
    checkRest(snapshot, manager, layout.managers[index + 1]?.page ?? image.pages, report);
  });
}

/** Reports structures after a manager's buckets, up to the page `before`, where the next manager begins. */
function checkRest({ memory: image, bytes }: Snapshot, manager: PlacedManager, before: number, report: ReportFinding): void {
  const { allocatedBuckets, bucketPages } = manager.view;
  if (bucketPages === 0) return;
  // An older manager can have had buckets of another size; each of them begins at a page.
  const from = endOfManager(manager) * PAGE_SIZE;
  const heads: { readonly page: number; readonly kind: RecognisedKind }[] = [];
  const end = Math.min(before * PAGE_SIZE, bytes, from + MAX_SEARCHED_PAGES * PAGE_SIZE);
  for (let start = from; start + PAGE_SIZE <= end; start += PAGE_SIZE) {
    const [known] = recognise(new MemoryWindow(image, at(0, start), 1));
    if (known?.whole && known.version >= 1 && known.version <= 2) heads.push({ page: start / PAGE_SIZE, kind: known.kind });
  }
  const [first] = heads;
  if (first === undefined) return;
  const others = heads.length > 1 ? `, and ${formatCounted(heads.length - 1, 'other structure')} after it` : '';
  const message = `The manager has allocated ${formatCounted(allocatedBuckets, 'bucket')}, and after them, at page ${formatCount(first.page)}, is the header of a ${STORED_NAMES[first.kind]}${others}: ${formatBytes(before * PAGE_SIZE - from)} that an older manager had allocated. The next calls of grow will allocate them again.`;
  report('mm.started-anew', 'image', image, { start: at(0, first.page * PAGE_SIZE), length: 3 }, message);
}
