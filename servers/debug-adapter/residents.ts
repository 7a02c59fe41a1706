import { interactiveBudget } from '../../engine/core/budget.ts';
import { formatAddress } from '../../engine/core/format.ts';
import { at, byteLength, type OffsetRange, offsetAt } from '../../engine/core/memory/memory.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import type { Place } from '../../engine/trace/search.ts';
import type { Timeline } from '../../engine/trace/timeline.ts';
import { byteFields } from '../../engine/views/bytes/byte-fields.ts';
import { snapshotOf } from '../../engine/views/step.ts';
import { referredBy } from './memory-reference.ts';
import { allocatorsOf, recordedPlaces } from './questions/places.ts';
import { AllocatorView } from './values/allocator-view.ts';

/** One thing in a range of a memory: a live block of an allocator, or a field of a structure. */
export interface Resident {
  /** `block 0x80`, `root`, `value 4` */
  readonly name: string;
  readonly type: 'live block' | 'metadata' | 'key' | 'value';
  readonly value?: string | undefined;
  /** Address of its first byte in the memory. */
  readonly startAddress: string;
  /** Address after its last byte. */
  readonly endAddress: string;
}

/** Maximum blocks of one response. */
const MAX_BLOCKS = 2_000;

/**
 * Returns what is in a range of the memory of a reference at the current step, by address. Returns nothing where the memory does not exist
 * or has no known bytes. @throws UserError if it is not a reference
 */
export function residentsOf(timeline: Timeline, reference: string, offset: number, count: number): readonly Resident[] {
  const referred = referredBy(timeline, reference);
  if (!referred) return [];
  const address = Math.max(0, referred.address + offset);
  const end = Math.min(referred.address + offset + count, byteLength(referred.memory));
  if (end <= address) return [];
  const place = { space: referred.space, address, length: end - address };
  const residents = [...liveBlocks(timeline, place), ...fields(timeline, place)];
  return residents.sort((left, right) => left.address - right.address).map(({ resident }) => resident);
}

interface Placed {
  readonly address: number;
  readonly resident: Resident;
}

function placed(address: number, length: number, resident: Pick<Resident, 'name' | 'type' | 'value'>): Placed {
  const range = { startAddress: formatAddress(address), endAddress: formatAddress(address + length) };
  return { address, resident: { ...resident, ...range } };
}

/** Returns the live blocks of the allocators that share the bytes of a place. */
function liveBlocks(timeline: Timeline, place: Place): readonly Placed[] {
  return allocatorsOf(recordedPlaces(place, timeline), timeline).flatMap((state) => {
    const view = new AllocatorView(timeline, state);
    const blocks = [...state.blocks.overlapping(place.address, place.length)].slice(0, MAX_BLOCKS);
    return blocks.map((block) => {
      const { label, value } = view.blockItem(block);
      return placed(block.address, block.size, { name: `block ${label}`, type: 'live block', value: value.text });
    });
  });
}

/** Returns the fields that the image of the current step has at a place, with their addresses in the place's memory. */
function fields(timeline: Timeline, place: Place): readonly Placed[] {
  const image = snapshotOf('', timeline);
  if (image === undefined) return [];
  const budget = interactiveBudget();
  let start = place.address;
  return extentsIn(image, timeline, place).flatMap((extent) => {
    const toAddress = start - extent.start;
    start += extent.length;
    return byteFields(image, [extent], budget).flatMap(({ at, kind, label, text }) =>
      kind === 'other' ? [] : placed(at.start + toAddress, at.length, { name: label, type: kind, value: text }),
    );
  });
}

/** Returns where the bytes of a place are in the image. */
function extentsIn({ places }: Snapshot, timeline: Timeline, { space, address, length }: Place): readonly OffsetRange[] {
  if (space === 0) return [{ start: offsetAt(0, address), length }];
  const params = timeline.space(space)?.params;
  const kind = ['memory', 'region'].find((name) => params?.[name] !== undefined);
  const memory = kind === undefined ? undefined : places.spaceNamed(`${kind}/${params?.[kind]}`)?.memory;
  return memory?.toImage(at(0, address), length) ?? [];
}
