/** What is wrong between structures, memories and their manager: what no structure can see by itself. */

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
import { checkClash, checkTwoMaps } from './check-clash.ts';
import { checkLabel } from './check-label.ts';
import { checkOrder } from './check-order.ts';
import { STORED_NAMES } from './opening.ts';
import type { Tell } from './tell.ts';

/** Structures that the tables do not lead to are looked for at the starts of so many buckets in all: each is a page to read. */
const MAX_LOOKED_AT = 4_096;
/** Bytes in which logs without their start are looked for. */
const MAX_SEARCHED = 4 << 20;

/** `known`: what the structures and the manager have told of themselves. */
export function checkMemories(snapshot: Snapshot, known: readonly PlacedFinding[]): readonly PlacedFinding[] {
  const found: PlacedFinding[] = [];
  const tell: Tell = (code, part, memory, span, message) => {
    const finding: Finding = { code, memory, at: span, message };
    const placed = snapshot.places.placeIfThere(finding, part);
    if (placed !== undefined) found.push(placed);
  };
  if (snapshot.places.isIncomplete) return found;
  checkStart(snapshot, tell);
  const isManagerDamaged = known.some(({ code, severity }) => code.startsWith('mm.') && severity === 'error');
  const blanks = { starts: new Budget({ bytes: MAX_LOOKED_AT * PAGE_SIZE }), logs: new Budget({ bytes: MAX_SEARCHED }) };
  const told = new Set(known.map(({ part }) => part.split('/').slice(0, 2).join('/')));
  const lookups = new Budget({ steps: MAX_LOOKED_AT });
  for (const space of snapshot.spaces) {
    if (space.kind === 'region') {
      if (!told.has(space.part)) checkBlankStart(snapshot, space, known, tell, blanks);
      continue;
    }
    const errors = new Set(
      known.flatMap(({ part, severity, code }) => (severity === 'error' && isIn(part, space) ? [code] : [])),
    );
    checkClash(snapshot, space, errors.size > 0, tell);
    checkLabel(snapshot, space, tell);
    checkTwoMaps(snapshot, space, errors, tell);
    const before = found.length;
    const manager = managerOf(snapshot.layout, space);
    if (manager !== undefined) checkOrder(manager, space, errors.size > 0, tell, lookups);
    // Where buckets are lost or permuted, the memory's own start is elsewhere.
    if (found.length === before && !isManagerDamaged) checkBlankStart(snapshot, space, known, tell, blanks);
  }
  return found;
}

function isIn(part: string, space: Space): boolean {
  return isWithin(part, space.part);
}

/** A manager that is not at the image's start any more, or one that was started anew over an older one. */
function checkStart(snapshot: Snapshot, tell: Tell): void {
  const { layout, memory: image, structures } = snapshot;
  if (layout.kind === 'unknown') {
    const pages = structures.filter(({ space }) => space.kind === 'window').map(({ space }) => space.id);
    if (pages.length < 2 || !pages.includes(1) || structures.some(({ space }) => space.id === 0)) return;
    const message = `Structures begin at pages ${formatBuckets(pages)}, as they do in the buckets of a memory manager, but none stands at the start of the image. MemoryManager::init would start an empty one, in which all of them are lost.`;
    tell('mm.missing', 'image', image, { start: at(0, 0), length: 3 }, message);
    return;
  }
  if (layout.kind !== 'memory-manager') return;
  layout.managers.forEach((manager, index) => {
    checkRest(snapshot, manager, layout.managers[index + 1]?.page ?? image.pages, tell);
  });
}

/** Structures after a manager's buckets, up to the page where the next manager begins. */
function checkRest({ memory: image, bytes }: Snapshot, manager: PlacedManager, before: number, tell: Tell): void {
  const { allocatedBuckets, bucketPages } = manager.view;
  if (bucketPages === 0) return;
  // An older manager can have had buckets of another size; each begins a page, at least.
  const from = endOfManager(manager) * PAGE_SIZE;
  const heads: { readonly page: number; readonly kind: RecognisedKind }[] = [];
  const end = Math.min(before * PAGE_SIZE, bytes, from + MAX_LOOKED_AT * PAGE_SIZE);
  for (let start = from; start + PAGE_SIZE <= end; start += PAGE_SIZE) {
    const [known] = recognise(new MemoryWindow(image, at(0, start), 1));
    if (known?.whole && known.version >= 1 && known.version <= 2) heads.push({ page: start / PAGE_SIZE, kind: known.kind });
  }
  const [first] = heads;
  if (first === undefined) return;
  const others = heads.length > 1 ? `, and ${formatCounted(heads.length - 1, 'other structure')} behind it` : '';
  const message = `The manager has handed out ${formatCounted(allocatedBuckets, 'bucket')}, and behind them, at page ${formatCount(first.page)}, stands the header of a ${STORED_NAMES[first.kind]}${others}: ${formatBytes(before * PAGE_SIZE - from)} that an older manager knew. The next grows hand them out as new.`;
  tell('mm.started-anew', 'image', image, { start: at(0, first.page * PAGE_SIZE), length: 3 }, message);
}
