/**
 * The state of a trace's spaces without their bytes: pages and live blocks. It is immutable and shares nearly everything with the
 * states before it, so that the state of any step can be kept and a message is undone by going back to an earlier state.
 */
import { at } from '../../core/memory/memory.ts';
import { MAX_PAGES } from '../../core/memory/overlay.ts';
import type { SpaceKind, SpaceNumber, SpaceParams, TraceEvent } from '../events.ts';
import type { Trace } from '../trace.ts';
import { BlockMap, type Blocks } from './block-map.ts';
import type { Gaps, LiveBlock } from './block-tree.ts';
import { PersistentMap } from './persistent-map.ts';
import { PHYSICAL } from './space-identity.ts';

/** A space with its live blocks in one of their two forms. */
interface Space<B extends Blocks> {
  readonly space: SpaceNumber;
  readonly kind: SpaceKind;
  readonly name: string;
  readonly params: SpaceParams;
  /** Identity of the space across headers, which may give it another number: `region 16`. */
  readonly identity: string;
  /** Pages of a physical memory, virtual memory or region. Undefined if unknown so far. */
  readonly pages: number | undefined;
  /** For allocators: the live blocks. */
  readonly blocks: B;
  /** For allocators: the highest end of a block so far, in bytes. */
  readonly size: number;
  /** True if the trace contains everything that happened to the space: no gap, and no missing beginning. */
  readonly known: boolean;
}

/** A space at one step. */
export type SpaceState = Space<BlockMap>;
/** A space that may be changing. */
export type SpaceView = Space<Blocks>;

export interface OpenMessage {
  /** The event that began it. */
  readonly begin: number;
  /** The message around it. */
  readonly outer: OpenMessage | undefined;
  /** The spaces at that event, if the message will be undone. */
  readonly before: AllocationState['spaces'] | undefined;
}

export interface AllocationState {
  /** The number of the next event. */
  readonly next: number;
  /** All spaces so far, including those of earlier headers. */
  readonly spaces: PersistentMap<string, SpaceState>;
  /** Identities of the latest header's spaces, by number. */
  readonly identities: PersistentMap<SpaceNumber, string>;
  /** The innermost open message. */
  readonly open: OpenMessage | undefined;
}

/** The memory before the first step. */
export interface StartingPoint {
  /** True if that is completely known: empty, or a given snapshot without an allocator. */
  readonly known: boolean;
  /** Pages of the physical memory. */
  readonly pages: number | undefined;
  /** Returns the pages of a virtual memory or a region, by `identity`. */
  readonly pagesOf: (identity: string) => number | undefined;
}

/** Returns the starting point without an image: empty, or an image that only the header describes. */
export function startWithoutImage(trace: Trace): StartingPoint {
  const initial = trace.segments[0]?.header.initial;
  const known = initial === undefined || initial.pages === 0;
  return { known, pages: initialPages(trace), pagesOf: () => (known ? 0 : undefined) };
}

/** Returns the pages before the first step from the header, or 0 if no memory can have that many. */
export function initialPages(trace: Trace): number {
  const pages = trace.segments[0]?.header.initial?.pages ?? 0;
  return pages <= MAX_PAGES ? pages : 0;
}

/** Returns true if a `grow` took effect: it did not fail, and a stable memory can be that large. */
export function takesEffect({ before, by }: Extract<TraceEvent, { kind: 'grow' }>): boolean {
  return before !== -1 && before + by <= MAX_PAGES;
}

/**
 * Returns true if all addresses of a range and its end are exact numbers. No memory is larger. An empty range has no addresses.
 */
export function isExact(address: number, size: number): boolean {
  return size === 0 || address + size <= Number.MAX_SAFE_INTEGER;
}

export function firstAllocationState(start: StartingPoint): AllocationState {
  const physical: SpaceState = {
    space: 0,
    kind: 'physical',
    name: PHYSICAL,
    params: {},
    identity: PHYSICAL,
    pages: start.pages,
    blocks: BlockMap.EMPTY,
    size: 0,
    known: start.known,
  };
  const spaces = PersistentMap.empty<string, SpaceState>().with(physical.identity, physical);
  return { next: 0, spaces, identities: physicalOnly(), open: undefined };
}

/** Returns the current state of the space with number `space`. */
export function spaceIn(allocation: AllocationState, space: SpaceNumber): SpaceState | undefined {
  const identity = allocation.identities.get(space);
  return identity === undefined ? undefined : allocation.spaces.get(identity);
}

export function physicalOnly(): AllocationState['identities'] {
  return PersistentMap.empty<SpaceNumber, string>().with(0, PHYSICAL);
}

/** Returns the spaces of the latest header in the order of their declaration, without the physical memory. */
export function declaredSpaces(allocation: AllocationState): readonly SpaceState[] {
  return [...allocation.identities.keys()].filter((space) => space !== 0).flatMap((space) => spaceIn(allocation, space) ?? []);
}

/** A free range. */
export interface FreeBlock {
  readonly address: LiveBlock['address'];
  readonly size: number;
}

/** Returns the gaps between the live blocks that end after `from` and start at or before `to`, by address. */
export function* gaps(state: SpaceView, from = firstAddress(state), to = state.size): Generator<FreeBlock, void, undefined> {
  const start = Math.max(firstAddress(state), from);
  let end = Math.max(firstAddress(state), state.blocks.endBelow(start));
  for (const block of state.blocks.from(start)) {
    if (end > to) return;
    if (block.address > end) yield { address: at(0, end), size: block.address - end };
    end = Math.max(end, block.address + block.size);
  }
  if (state.size > end && end <= to) yield { address: at(0, end), size: state.size - end };
}

/** Returns the number and the bytes of these gaps, and the size of the largest. Takes no time that grows with their number. */
export function gapFigures(state: SpaceView): Gaps {
  const from = firstAddress(state);
  return state.blocks.gaps(from, Math.max(from, state.size));
}

/** Returns the gaps that overlap the range or touch it. */
export function* gapsTouching(state: SpaceView, start: number, end: number): Generator<FreeBlock, void, undefined> {
  for (const gap of gaps(state, start, end)) if (gap.address + gap.size >= start) yield gap;
}

/** Returns the lowest address of an allocator's blocks. A chunk allocator starts after its header. */
function firstAddress(state: SpaceView): number {
  const base = state.params['base'];
  return state.kind === 'chunk-allocator' && typeof base === 'number' ? base : 0;
}

/** Returns true if the space has an allocator. */
export function isAllocator({ kind, size }: SpaceView): boolean {
  return kind === 'memory-region' || kind === 'chunk-allocator' || kind === 'memory-buffer' || size > 0;
}
