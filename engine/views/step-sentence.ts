/** The first thing to say about a step of a trace: what it did, and where that is. */
import { interactiveBudget } from '../core/budget.ts';
import { formatAddress, formatBytes, formatCount, formatCounted } from '../core/format.ts';
import { offsetAt } from '../core/memory/memory.ts';
import { ownersOf } from '../snapshot/owners.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { exactAddress, exactOldAddress, type SpaceNumber, type TraceEvent } from '../trace/events.ts';
import { gapFigures, isAllocator } from '../trace/state/allocation-state.ts';
import type { Timeline } from '../trace/timeline.ts';
import { nameOfOwner } from './explanation.ts';
import type { ByteRange, Conclusion } from './protocol.ts';

/**
 * Returns what the present step did, and for an allocator the blocks after it. Returns undefined before the first step.
 *
 * @param written the bytes of the image that the step wrote first
 */
export function stepConclusion(
  timeline: Timeline,
  snapshot: Snapshot | undefined,
  written: ByteRange | undefined,
): Conclusion | undefined {
  const event = timeline.event();
  const did = event === undefined ? undefined : deed(timeline, event);
  if (event === undefined || did === undefined) return undefined;
  const part = snapshot === undefined || written === undefined ? undefined : partAt(snapshot, written.start);
  return {
    sentence: `Step ${formatCount(timeline.position)} ${did}${event.kind === 'write' && part !== undefined ? `: ${part}` : ''}.`,
    cyclesPerYear: undefined,
    more: 'space' in event ? blocksIn(timeline, event.space) : undefined,
    buckets: undefined,
  };
}

/** Returns what an event did, as the rest of a sentence; undefined for one that is no step. */
function deed(timeline: Timeline, event: TraceEvent): string | undefined {
  const name = (space: SpaceNumber) => (space === 0 ? 'the memory' : (timeline.space(space)?.name ?? `space ${space}`));
  const bytes = (count: number) => formatCounted(count, 'byte');
  switch (event.kind) {
    case 'write':
      return `wrote ${bytes(event.bytes.length)} at ${formatAddress(exactAddress(event))} of ${name(event.space)}`;
    case 'read':
      return `read ${bytes(event.length)} at ${formatAddress(exactAddress(event))} of ${name(event.space)}`;
    case 'grow':
      return event.before === -1
        ? `could not grow ${name(event.space)} by ${formatCounted(event.by, 'page')}`
        : `grew ${name(event.space)} from ${formatCount(event.before)} to ${formatCounted(event.before + event.by, 'page')}`;
    case 'allocate':
      return `allocated ${bytes(event.size)} at ${formatAddress(exactAddress(event))} of ${name(event.space)}`;
    case 'deallocate':
      return `freed ${bytes(event.size)} at ${formatAddress(exactAddress(event))} of ${name(event.space)}`;
    case 'reallocate':
      return `moved ${bytes(event.oldSize)} at ${formatAddress(exactOldAddress(event))} of ${name(event.space)} to ${bytes(event.size)} at ${formatAddress(exactAddress(event))}`;
    case 'free':
      return event.keep === undefined
        ? `freed all of ${name(event.space)}`
        : `freed all but the first ${bytes(event.keep)} of ${name(event.space)}`;
    case 'end':
      return 'undid what its message had changed';
    default:
      return undefined;
  }
}

/** Returns a full sentence about the blocks of an allocator; undefined for another space. */
function blocksIn(timeline: Timeline, number: SpaceNumber): string | undefined {
  const space = timeline.space(number);
  if (space === undefined || !isAllocator(space)) return undefined;
  const { count, bytes } = space.blocks;
  const gaps = gapFigures(space);
  const live = count === 0 ? 'No block is live' : `${formatCounted(count, 'live block')} with ${formatBytes(bytes)}`;
  const free = gaps.count === 0 ? 'no gaps' : `${formatCounted(gaps.count, 'gap')} with ${formatBytes(gaps.bytes)}`;
  return `${live}, and ${free}, in ${formatBytes(space.size)}.`;
}

/** Names the innermost owners of a byte within its memory: `Vec › header 0x0 › fixed size`. */
function partAt(snapshot: Snapshot, offset: number): string | undefined {
  const owners = ownersOf(snapshot, offsetAt(0, offset), interactiveBudget());
  const memory = owners.findLastIndex(({ kind }) => kind === 'virtual-memory' || kind === 'region' || kind === 'window');
  const inner = owners.slice(memory + 1);
  return memory < 0 || inner.length === 0 ? undefined : inner.map(nameOfOwner).join(' › ');
}
