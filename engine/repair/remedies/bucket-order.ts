import { Budget } from '../../core/budget.ts';
import { formatBytes, formatCounted } from '../../core/format.ts';
import { at, PAGE_SIZE, readBytes } from '../../core/memory/memory.ts';
import { VirtualMemoryView } from '../../rust/memory-manager/inspect.ts';
import { bucketStart } from '../../rust/memory-manager/mapping.ts';
import { findWholeOrder, headsIn } from '../../rust/memory-manager/whole-order.ts';
import { partOfManager } from '../../snapshot/layout/managers.ts';
import { first, type Remedy, refused } from '../remedy.ts';

/** Maximum bytes that are moved, because a repair is in memory until it is written. */
const MAX_MOVED = 2 ** 29;
/** Limits of the search for the order, as in the check. */
const SEARCH = { steps: 4_000_000, bytes: 2 ** 30 } as const;

/** Moves the contents of a memory's buckets, so that they are whole in the ascending order in which every release reads them. */
export const sortBuckets: Remedy = ({ finding, snapshot }) => {
  const space = snapshot.spaces.find(({ part }) => part === finding.part || finding.part.startsWith(`${part}/`));
  const managers = snapshot.layout.kind === 'memory-manager' ? snapshot.layout.managers : [];
  const manager = managers.find(({ prefix }) => space?.part.startsWith(prefix));
  if (!(space?.memory instanceof VirtualMemoryView) || manager === undefined)
    return refused('The memory is not one of a manager.');
  const { buckets, bucketPages } = space.memory;
  const budget = new Budget(SEARCH);
  const whole = findWholeOrder(manager.memory, space.memory, headsIn(manager.memory, space.memory, budget), budget);
  if (whole === undefined) return refused(`The order was not found again in the tables of ${partOfManager(manager)}.`);
  const moved = buckets.flatMap((to, index) => {
    const from = whole.order[index];
    return from === undefined || from === to ? [] : [{ from, to }];
  });
  const bytesEach = bucketPages * PAGE_SIZE;
  if (moved.length * bytesEach > MAX_MOVED)
    return refused(
      `${formatBytes(moved.length * bytesEach)} would have to be moved, more than can be kept in memory. Read the buckets in the order given above, and write them in ascending order.`,
    );
  return first({
    what: `Moved the contents of ${formatCounted(moved.length, 'bucket')}, so that the pages are whole in the order in which the library reads them.`,
    writes: moved.map(({ from, to }) => ({
      memory: manager.memory,
      at: at(0, bucketStart(to, bucketPages)),
      bytes: readBytes(manager.memory, at(0, bucketStart(from, bucketPages)), bytesEach),
    })),
  });
};
