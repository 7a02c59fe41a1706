import { Budget } from '../../core/budget.ts';
import { formatCount, formatCounted } from '../../core/format.ts';
import { type AddressRange, at } from '../../core/memory/memory.ts';
import { STRUCTURE_NAMES } from '../../core/structure-kinds.ts';
import { VirtualMemoryView } from '../../rust/memory-manager/inspect.ts';
import { bucketsFor, OWNERS_AT } from '../../rust/memory-manager/layout.ts';
import { formatBuckets } from '../../rust/memory-manager/order.ts';
import { findWholeOrder, headsIn } from '../../rust/memory-manager/whole-order.ts';
import { recognise } from '../../rust/recognise.ts';
import type { PlacedManager } from '../layout/managers.ts';
import { nameOfSpace, type Space } from '../space.ts';
import { OPENING, STORED_NAMES } from './opening.ts';
import { CHECK_LIMITS, type ReportFinding } from './report-finding.ts';

/**
 * Reports a memory that does not begin in its first bucket, or that is whole in another order of its buckets than the table's.
 *
 * @param lookups budget for the bucket starts that are read, for all memories of an image together
 */
export function checkOrder(manager: PlacedManager, space: Space, damaged: boolean, report: ReportFinding, lookups: Budget): void {
  const { memory } = space;
  if (!(memory instanceof VirtualMemoryView) || memory.order !== undefined) return;
  const begins = recognise(memory).length > 0;
  if (begins && !damaged) return;
  const image = manager.memory;
  const budget = new Budget(CHECK_LIMITS);
  const { buckets } = memory;
  const name = nameOfSpace(space);
  const heads = headsIn(image, memory, lookups);
  const whole = findWholeOrder(image, memory, heads, budget);
  if (whole !== undefined) {
    const { kind, length } = whole.structure;
    const content = `${STRUCTURE_NAMES[kind]} of ${formatCounted(length ?? 0n, 'entry', 'entries')}`;
    const message = `The pages of ${name} are permuted: in the order ${formatBuckets(whole.order)} its buckets hold a whole ${content}, in the table's order ${formatBuckets(buckets)} they do not. ${begins ? '' : `${OPENING.btreemap}. `}Release 0.7.1 allocated freed buckets in this way.`;
    report('mm.permuted-buckets', space.part, image, ownersOf(buckets), message);
    return;
  }
  if (begins) return;
  const own = heads.find(({ bucket }) => bucket !== buckets[0]);
  const start = `${name[0]?.toUpperCase()}${name.slice(1)} does not begin with the header of a structure`;
  if (own !== undefined) {
    const message = `${start}, but its bucket ${formatCount(own.bucket)} begins with the header of a ${STORED_NAMES[own.kind]}. ${OPENING[own.kind]}.`;
    report('mm.first-bucket', space.part, image, ownersOf(buckets), message);
    return;
  }
  if (buckets.length >= bucketsFor(memory.pages, memory.bucketPages)) return;
  const [lost] = headsIn(image, { ...sizeOf(memory), buckets: manager.view.freedBuckets }, lookups);
  if (lost === undefined) return;
  const message = `${start} and lacks a bucket, and bucket ${formatCount(lost.bucket)}, which has no owner, begins with the header of a ${STORED_NAMES[lost.kind]}. ${OPENING[lost.kind]}.`;
  report('mm.first-bucket', space.part, image, ownersOf([lost.bucket]), message);
}

function sizeOf({ pages, bucketPages }: VirtualMemoryView) {
  return { pages, bucketPages };
}

/** Returns the bytes of the owner table from the first of the buckets to the last. */
function ownersOf(buckets: readonly number[]): AddressRange {
  const [lowest = 0] = buckets;
  return { start: at(OWNERS_AT, lowest), length: (buckets.at(-1) ?? lowest) - lowest + 1 };
}
