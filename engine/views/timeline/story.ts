import { formatAddress, formatBytes, formatCount } from '../../core/format.ts';
import { NEVER } from '../../trace/analysis/lifetimes/block-records.ts';
import type { SpaceLife } from '../../trace/analysis/lifetimes/space-life.ts';
import { findTouch } from '../../trace/search.ts';
import type { BlockStory } from './calls.ts';
import type { TimelineData } from './timeline-data.ts';

/** The blocks that had an address: the one at a step, the last one before it, and the next one. */
interface BlocksAtAddress {
  readonly live: number | undefined;
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** Returns what is at an address of an allocator at a step. */
export function storyOfBlock(data: TimelineData, life: SpaceLife, step: number, address: number): BlockStory {
  const { records } = life;
  const { live, before, after } = blocksAt(life, step, address);
  const nameOf = (born: number): string => {
    const number = data.messageNames.numberAt(born);
    return number === 0 ? '' : ` (${data.messageNames.nameOf(number)})`;
  };
  if (live !== undefined) {
    const [start, size, born, end] = [records.addressOf(live), records.sizeOf(live), records.bornOf(live), records.endOf(live)];
    const died = end === NEVER ? undefined : end;
    const until = died === undefined ? 'to the end of the trace' : `to step ${formatCount(died)}${nameOf(died)}`;
    return {
      text: `${formatBytes(size)} at ${formatAddress(start)}, live from step ${formatCount(born)}${nameOf(born)} ${until}.`,
      born,
      died,
      range: { from: start, to: start + size },
    };
  }
  const at = `${formatAddress(address)} is not allocated at step ${formatCount(step)}`;
  const freed = before === undefined ? 'was never before' : `step ${formatCount(records.endOf(before))} freed it`;
  const next = after === undefined ? 'no later step allocates it' : `step ${formatCount(records.beginOf(after))} allocates it`;
  return {
    text: `${at}: it ${freed}, and ${next}.`.replace('it step', 'step'),
    born: undefined,
    died: before === undefined ? undefined : records.endOf(before),
    range: undefined,
  };
}

/** Returns what wrote and read an address of a memory before and after a step. */
export function storyOfAccess({ trace }: TimelineData, space: number, step: number, address: number): BlockStory {
  const place = { space, address, length: 1 };
  const find = (kind: 'write' | 'read', from: number, direction: 'backward' | 'forward'): string => {
    const found = findTouch(trace, place, [kind], from, direction);
    return found === undefined ? 'none' : `step ${formatCount(found)}`;
  };
  const at = `${formatAddress(address)} at step ${formatCount(step)}`;
  const written = `last write ${find('write', step + 1, 'backward')}, next write ${find('write', step, 'forward')}`;
  const read = `last read ${find('read', step + 1, 'backward')}, next read ${find('read', step, 'forward')}`;
  return { text: `${at}: ${written}, ${read}.`, born: undefined, died: undefined, range: undefined };
}

/** Finds the blocks that had an address. Of several live ones that overlap, the one that was allocated last. */
function blocksAt({ records }: SpaceLife, step: number, address: number): BlocksAtAddress {
  let live: number | undefined;
  let before: number | undefined;
  for (let record = 0; record < records.count; record++) {
    const start = records.addressOf(record);
    if (start > address || address >= start + records.sizeOf(record)) continue;
    if (records.beginOf(record) > step) return { live, before, after: record };
    if (records.isLive(record, step)) {
      if (live === undefined || records.bornOf(live) <= records.bornOf(record)) live = record;
    } else if (before === undefined || records.endOf(before) <= records.endOf(record)) before = record;
  }
  return { live, before, after: undefined };
}
