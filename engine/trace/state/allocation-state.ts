/**
 * The state of a trace's spaces without their bytes: pages and live blocks. It is immutable. Each event makes a new state that
 * shares nearly everything with the previous one, so that the state of any step can be kept and a message is undone by going back
 * to an earlier state.
 */
import { at } from '../../core/memory/memory.ts';
import { MAX_PAGES } from '../../core/memory/overlay.ts';
import type { SpaceKind, SpaceNumber, SpaceParams, TraceEvent } from '../events.ts';
import type { Trace } from '../trace.ts';
import type { SpaceEvent } from '../trace-index.ts';
import { BlockMap, type LiveBlock } from './block-map.ts';
import { PersistentMap } from './persistent-map.ts';

export interface SpaceState {
  readonly space: SpaceNumber;
  readonly kind: SpaceKind;
  readonly name: string;
  readonly params: SpaceParams;
  /** Identity of the space across headers, which may give it another number: `region 16`. */
  readonly identity: string;
  /** Pages of a physical memory, virtual memory or region. Undefined if unknown so far. */
  readonly pages: number | undefined;
  /** For allocators: the live blocks. */
  readonly blocks: BlockMap;
  /** For allocators: the highest end of a block so far, in bytes. */
  readonly size: number;
  /** True if the trace contains everything that happened to the space: no gap, and no missing beginning. */
  readonly known: boolean;
}

interface OpenMessage {
  /** The event that began it. */
  readonly begin: number;
  /** The state at that event. */
  readonly before: AllocationState;
}

export interface AllocationState {
  /** The number of the next event. */
  readonly next: number;
  /** All spaces so far, including those of earlier headers. */
  readonly spaces: PersistentMap<string, SpaceState>;
  /** Identities of the latest header's spaces, by number. */
  readonly identities: PersistentMap<SpaceNumber, string>;
  /** The innermost open message. The messages around it are in its `before`. */
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
    name: 'physical memory',
    params: {},
    identity: 'physical memory',
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

function physicalOnly(): AllocationState['identities'] {
  return PersistentMap.empty<SpaceNumber, string>().with(0, 'physical memory');
}

/** Returns the spaces of the latest header in the order of their declaration, without the physical memory. */
export function declaredSpaces(allocation: AllocationState): readonly SpaceState[] {
  return [...allocation.identities.keys()].filter((space) => space !== 0).flatMap((space) => spaceIn(allocation, space) ?? []);
}

/** Returns the state after the next event. `step` is the event's step, or the step before it. */
export function advanced(
  trace: Trace,
  allocation: AllocationState,
  event: TraceEvent,
  step: number,
  start: StartingPoint,
): AllocationState {
  const before =
    allocation.next > 0 && trace.beginsSegment(allocation.next)
      ? { ...allocation, identities: physicalOnly(), open: undefined }
      : allocation;
  const { spaces, identities, open } = applied(trace, before, event, step, start);
  return { next: allocation.next + 1, spaces, identities, open };
}

function applied(
  trace: Trace,
  allocation: AllocationState,
  event: TraceEvent,
  step: number,
  start: StartingPoint,
): AllocationState {
  switch (event.kind) {
    case 'space':
      return declared(allocation, event, trace.nameAt(allocation.next, event.name), start);
    case 'begin':
      return { ...allocation, open: { begin: allocation.next, before: allocation } };
    case 'end':
      return ended(
        allocation,
        trace.messages.begunBy(allocation.next),
        event.outcome === 'rolled-back' || event.outcome === 'trapped',
      );
    case 'grow':
      if (!takesEffect(event)) return allocation;
      return withSpace(allocation, event.space, (state) => {
        return { ...state, pages: Math.max(state.pages ?? 0, event.before + event.by) };
      });
    case 'allocate':
      return withSpace(allocation, event.space, (state) => allocated(state, { address: event.address, size: event.size, step }));
    case 'deallocate':
      return withSpace(allocation, event.space, (state) => deallocated(state, event.address, event.size));
    case 'reallocate':
      return withSpace(allocation, event.space, (state) => {
        return allocated(deallocated(state, event.oldAddress, event.oldSize), { address: event.address, size: event.size, step });
      });
    case 'free':
      return withSpace(allocation, event.space, (state) => freed(state, event.keep ?? 0, step));
    case 'gap':
      return { ...allocation, spaces: allUnknown(allocation.spaces) };
    default:
      return allocation;
  }
}

function declared(
  allocation: AllocationState,
  event: SpaceEvent,
  name: string | undefined,
  start: StartingPoint,
): AllocationState {
  const { space, spaceKind: kind, params } = event;
  const identity = identityOf(kind, params) ?? `${kind} with the number ${space}`;
  const described = { space, kind, name: name ?? identity, params, identity };
  const hasPages = kind === 'physical' || kind === 'virtual-memory' || kind === 'region';
  const pages = hasPages ? (kind === 'physical' ? start.pages : start.pagesOf(identity)) : undefined;
  const previous = allocation.spaces.get(identity);
  const state: SpaceState = { ...(previous ?? { pages, blocks: BlockMap.EMPTY, size: 0, known: start.known }), ...described };
  const spaces = allocation.spaces.with(identity, state);
  return { ...allocation, spaces, identities: allocation.identities.with(space, identity) };
}

function allUnknown(spaces: AllocationState['spaces']): AllocationState['spaces'] {
  let unknown = spaces;
  for (const [identity, state] of spaces.entries()) if (state.known) unknown = unknown.with(identity, { ...state, known: false });
  return unknown;
}

/** Returns the identity of a space, independent of its number. Returns undefined if its parameters do not define it. */
export function identityOf(kind: SpaceKind, params: SpaceParams): string | undefined {
  const id = params['memory'] ?? params['region'];
  switch (kind) {
    case 'physical':
      return 'physical memory';
    case 'virtual-memory':
      return params['memory'] === undefined ? undefined : `memory ${id}`;
    case 'region':
      return params['region'] === undefined ? undefined : `region ${id}`;
    case 'memory-region':
      return params['region'] === undefined ? undefined : `memory blocks of region ${id}`;
    default:
      return undefined;
  }
}

/** Ends the message with this `begin`, and the messages within it. */
function ended(allocation: AllocationState, begin: number | undefined, undo: boolean): AllocationState {
  if (begin === undefined) return allocation;
  let ended = allocation.open;
  while (ended && ended.begin !== begin) ended = ended.before.open;
  if (!ended) return allocation;
  const { open, spaces: saved } = ended.before;
  return { ...allocation, open, spaces: undo ? undone(allocation.spaces, saved) : allocation.spaces };
}

/** Restores the spaces from before a message. Spaces that it declared remain, but empty. */
function undone(spaces: AllocationState['spaces'], saved: AllocationState['spaces']): AllocationState['spaces'] {
  let restored = saved;
  for (const [identity, state] of spaces.entriesFrom(saved.size)) {
    const pages = state.pages === undefined ? undefined : 0;
    restored = restored.with(identity, { ...state, pages, blocks: BlockMap.EMPTY, size: 0 });
  }
  return restored;
}

function withSpace(allocation: AllocationState, space: SpaceNumber, change: (state: SpaceState) => SpaceState): AllocationState {
  const state = spaceIn(allocation, space);
  if (!state) return allocation;
  const { next, identities, open } = allocation;
  return { next, spaces: allocation.spaces.with(state.identity, change(state)), identities, open };
}

/** Adds a block. An empty block takes no space and is not kept. */
function allocated(state: SpaceState, block: LiveBlock): SpaceState {
  if (block.size === 0 || !isExact(block.address, block.size)) return state;
  return { ...state, blocks: state.blocks.with(block), size: Math.max(state.size, block.address + block.size) };
}

/**
 * Removes a block that was allocated exactly like this. Any other range is cut out of the blocks that it touches, because
 * libraries that store no sizes free any range.
 */
export function deallocated(state: SpaceState, address: LiveBlock['address'], size: number): SpaceState {
  if (size === 0 || !isExact(address, size)) return state;
  const whole = state.blocks.startingAt(address, size);
  if (whole?.size === size) return { ...state, blocks: state.blocks.without(whole) };
  let { blocks } = state;
  const end = address + size;
  for (const block of [...state.blocks.overlapping(address, size)]) {
    blocks = blocks.without(block);
    const tail = block.address + block.size - end;
    if (block.address < address) blocks = blocks.with({ ...block, size: address - block.address });
    if (tail > 0) blocks = blocks.with({ ...block, address: at(address, size), size: tail });
  }
  // If the recording started later, the block may be from before the trace.
  return { ...state, blocks, size: state.known ? state.size : Math.max(state.size, end) };
}

/**
 * Returns the state of a freed space. A freed memory has no pages. A cleared allocator has one block: the bytes that it keeps. Every
 * allocator refuses to keep more bytes than were ever allocated, so then nothing changes.
 */
function freed(state: SpaceState, keep: number, step: number): SpaceState {
  if (keep > state.size && state.known && state.pages === undefined) return state;
  const blocks = keep > 0 ? BlockMap.EMPTY.with({ address: at(0, 0), size: keep, step }) : BlockMap.EMPTY;
  return { ...state, blocks, pages: state.pages === undefined ? undefined : 0, size: Math.max(state.size, keep) };
}

/** A free range. */
export interface FreeBlock {
  readonly address: LiveBlock['address'];
  readonly size: number;
}

/** Returns the gaps between the live blocks that end after `from` and start at or before `to`, by address. */
export function* gaps(state: SpaceState, from = firstAddress(state), to = state.size): Generator<FreeBlock, void, undefined> {
  const before = state.blocks.before(from);
  let end = before ? before.address + before.size : firstAddress(state);
  for (const block of state.blocks.from(before ? from : firstAddress(state))) {
    if (end > to) return;
    if (block.address > end) yield { address: at(0, end), size: block.address - end };
    end = Math.max(end, block.address + block.size);
  }
  if (state.size > end && end <= to) yield { address: at(0, end), size: state.size - end };
}

/** Returns the gaps that overlap the range or touch it. */
export function* gapsTouching(state: SpaceState, start: number, end: number): Generator<FreeBlock, void, undefined> {
  for (const gap of gaps(state, start, end)) if (gap.address + gap.size >= start) yield gap;
}

/** Returns the lowest address of an allocator's blocks. A chunk allocator starts after its header. */
function firstAddress(state: SpaceState): number {
  const base = state.params['base'];
  return state.kind === 'chunk-allocator' && typeof base === 'number' ? base : 0;
}

/** Returns true if the space has an allocator. */
export function isAllocator({ kind, size }: SpaceState): boolean {
  return kind === 'memory-region' || kind === 'chunk-allocator' || kind === 'memory-buffer' || size > 0;
}
