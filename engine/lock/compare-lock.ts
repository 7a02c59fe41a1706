import { formatBytes, formatCounted } from '../core/format.ts';
import { PAGE_SIZE } from '../core/memory/memory.ts';
import type { PlacedFinding } from '../snapshot/placed.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { ScannedStructure } from '../snapshot/walk.ts';
import { compareSpace } from './compare-space.ts';
import { compareVariables } from './compare-variables.ts';
import type { LayoutLock } from './lock.ts';
import { type LockBreak, nameInLock, placeBreak, type ReportBreak } from './report-break.ts';
import { takeLock } from './take-lock.ts';

/**
 * Returns where a snapshot contradicts a lock. What the lock does not have is an addition, and is not reported. Memories that are
 * not completely in the file are not compared.
 *
 * @param structures the structures of the snapshot, as a full scan has walked them
 */
export function compareWithLock(
  snapshot: Snapshot,
  lock: LayoutLock,
  structures: readonly ScannedStructure[],
): readonly PlacedFinding[] {
  const { places } = snapshot;
  if (places.areTablesIncomplete) return [];
  const breaks: LockBreak[] = [];
  const report: ReportBreak = (found) => breaks.push(found);
  const current = takeLock(snapshot, structures, lock);
  const placed = (): readonly PlacedFinding[] => breaks.map((found) => placeBreak(snapshot, found));
  const layout = otherLayout(lock.layout, current.layout);
  if (layout !== undefined) {
    report({ code: 'lock.layout', part: 'image', path: ['layout'], message: layout });
    // All else follows from it.
    return placed();
  }
  compareManagers(lock, current, report);
  for (const [part, locked] of lock.spaces) {
    const space = places.spaceNamed(part);
    if (space !== undefined && space.memory.pages > 0) {
      const now = current.spaces.get(part);
      if (now !== undefined && !places.arePartlyMissing([space])) compareSpace({ snapshot, part, space, locked, now }, report);
    } else if (locked.state !== 'retired' && locked.structure !== undefined && locked.holds !== false) {
      const message = `The lock has ${nameInLock(snapshot, part, locked.name)}, but there is no such ${part.includes('region/') ? 'region' : 'memory'} any more.`;
      report({ code: 'lock.dropped', part, path: ['spaces', part], message });
    }
  }
  compareVariables(snapshot, lock, current, report);
  return placed();
}

/** Layouts that anything may follow: there was nothing that could be lost. */
const EMPTY = new Set(['empty', 'unknown']);

/**
 * Returns a sentence if the layout of the whole image is another one. Only a manager of memories owns all bytes: without one
 * before and after, the spaces show what changed.
 */
function otherLayout(before: string, after: string): string | undefined {
  const managed = 'memory-manager';
  if (before === after || (before !== managed && after !== managed) || before === 'empty') return undefined;
  if (after === managed && !EMPTY.has(before))
    return `The lock says that stable memory is laid out as ${before}, but a memory manager is at its start now: it was put over what was there.`;
  if (after === managed)
    return 'The lock has bytes of no known layout at the start of stable memory, but a memory manager is there now: it was put over them.';
  return `The lock has a memory manager at the start of stable memory, but now the layout is ${after}.`;
}

function compareManagers(lock: LayoutLock, current: LayoutLock, report: ReportBreak): void {
  for (const [part, locked] of lock.managers) {
    const now = current.managers.get(part);
    if (now === undefined) continue;
    if (now.version < locked.version)
      report({
        code: 'lock.version',
        part,
        path: ['managers', part, 'version'],
        message: `The version of the manager is ${now.version}; in the lock it is ${locked.version}.`,
      });
    if (locked.bucketPages !== undefined && now.bucketPages !== undefined && now.bucketPages !== locked.bucketPages)
      report({
        code: 'lock.bucket-size',
        part,
        path: ['managers', part, 'bucketPages'],
        message: `A bucket has ${pagesText(now.bucketPages)}; in the lock it has ${pagesText(locked.bucketPages)}.`,
      });
  }
}

function pagesText(pages: number): string {
  return `${formatCounted(pages, 'page')} (${formatBytes(pages * PAGE_SIZE)})`;
}
