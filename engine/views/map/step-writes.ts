/** The bytes of the image that the steps of a trace wrote. */
import { Budget } from '../../core/budget.ts';
import { type Address, at, byteLength, offsetAt } from '../../core/memory/memory.ts';
import { findSpace } from '../../snapshot/find-part.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { SpaceParams } from '../../trace/events.ts';
import { lastWrites, type WrittenSpace } from '../../trace/last-writes.ts';
import type { Timeline } from '../../trace/timeline.ts';
import { type ByteRange, MAX_CHANGED } from '../protocol.ts';
import type { FindWrites } from './cells.ts';

/** Maximum time of a search for the last writes to the cells of a map. Milliseconds. */
const MAX_SEARCH_TIME = 250;

/** A range of a space, as the trace records it. */
interface Recorded {
  readonly space: number;
  readonly address: Address;
  readonly length: number;
}

/** Returns the first range of the image that the present step wrote, also if the bytes are the same as before. */
export function writtenBy(timeline: Timeline, snapshot: Snapshot): ByteRange | undefined {
  const event = timeline.event();
  if (event?.kind !== 'write' || event.bytes.length === 0) return undefined;
  return inImage(timeline, snapshot, { space: event.space, address: event.address, length: event.bytes.length })[0];
}

/** Returns all ranges of the image that the present step wrote or changed, in order. */
export function changedBy(timeline: Timeline, snapshot: Snapshot): readonly ByteRange[] {
  const event = timeline.event();
  if (event === undefined || event.kind === 'read') return [];
  const written =
    event.kind === 'write'
      ? [{ space: event.space, address: event.address, length: event.bytes.length }]
      : timeline.changes().bytes;
  return joined(written.flatMap((each) => inImage(timeline, snapshot, each)));
}

/** Returns a search for the last writes up to the present step. */
export function lastWritesOf(timeline: Timeline, snapshot: Snapshot): FindWrites {
  const spaces = writtenSpaces(timeline, snapshot);
  return (from, bytesPerCell, count) => {
    const budget = new Budget({ milliseconds: MAX_SEARCH_TIME });
    return lastWrites(timeline.trace, timeline.position, spaces, { from, bytesPerCell, count }, budget);
  };
}

function writtenSpaces(timeline: Timeline, snapshot: Snapshot): readonly WrittenSpace[] {
  if (timeline.trace.physical) return [{ space: 0, toImage: (start, length) => [{ start: offsetAt(0, start), length }] }];
  return timeline.spaces.flatMap(({ space, params }): readonly WrittenSpace[] => {
    const memory = memoryIn(snapshot, params);
    if (memory === undefined) return [];
    const end = byteLength(memory);
    return [{ space, toImage: (start, length) => (start < end ? memory.toImage(start, length) : []) }];
  });
}

function inImage(timeline: Timeline, snapshot: Snapshot, { space, address, length }: Recorded): readonly ByteRange[] {
  if (length === 0) return [];
  if (space === 0) return [{ start: address, length }];
  return memoryIn(snapshot, timeline.space(space)?.params)?.toImage(at(0, address), length) ?? [];
}

/** Returns the memory with the bytes of a space. */
function memoryIn(snapshot: Snapshot, params: SpaceParams | undefined) {
  const { memory, region } = params ?? {};
  return findSpace(snapshot, memory === undefined ? `region/${region}` : `memory/${memory}`)?.memory;
}

/** Joins ranges that touch, and then those with the smallest gaps, until there are few. */
function joined(ranges: readonly ByteRange[]): readonly ByteRange[] {
  let all = [...ranges].sort((a, b) => a.start - b.start);
  for (let gap = 0; gap === 0 || all.length > MAX_CHANGED; gap = Math.max(256, 2 * gap)) {
    const fewer: ByteRange[] = [];
    for (const range of all) {
      const last = fewer.at(-1);
      if (last === undefined || range.start > last.start + last.length + gap) fewer.push(range);
      else {
        const end = Math.max(last.start + last.length, range.start + range.length);
        fewer[fewer.length - 1] = { start: last.start, length: end - last.start };
      }
    }
    all = fewer;
  }
  return all;
}
