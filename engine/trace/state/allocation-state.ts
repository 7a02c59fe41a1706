/**
 * What a trace says of its spaces without their bytes: pages and live blocks. A ledger never changes: each event makes another one that
 * shares nearly everything with it, so that the ledger of any step can be kept, and undoing a message is going back to an older one.
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
  /** What goes on under a further header, where the space may have another number: `region 16`. */
  readonly identity: string;
  /** Of a physical memory, virtual memory or region; undefined where nothing says it yet. */
  readonly pages: number | undefined;
  /** Of allocators: what is in use. */
  readonly blocks: BlockMap;
  /** Of allocators: the highest end of a block so far. */
  readonly size: number;
  /** Whether everything that happened to the space is in the trace: not behind a gap, and not where the recording began later. */
  readonly known: boolean;
}

interface OpenMessage {
  /** The event that began it. */
  readonly begin: number;
  /** What there was then. */
  readonly before: AllocationState;
}

export interface AllocationState {
  /** The event that comes next. */
  readonly next: number;
  /** All spaces so far, those of earlier headers too. */
  readonly spaces: PersistentMap<string, SpaceState>;
  /** By number, its identity; only those of the latest header. */
  readonly identities: PersistentMap<SpaceNumber, string>;
  /** The innermost message that has not ended; those around it are in its `before`. */
  readonly open: OpenMessage | undefined;
}

/** What the memory held before the first step. */
export interface StartingPoint {
  /** Whether that is all that there was: nothing, or a given snapshot with no allocator in it. */
  readonly known: boolean;
  /** Pages of the physical memory. */
  readonly pages: number | undefined;
  /** Pages of a virtual memory or a region, by `identity`. */
  readonly pagesOf: (identity: string) => number | undefined;
}

/** Where the trace begins if no image is given: with nothing, or with an image that only its header tells of. */
export function startWithoutImage(trace: Trace): StartingPoint {
  const initial = trace.segments[0]?.header.initial;
  const known = initial === undefined || initial.pages === 0;
  return { known, pages: initialPages(trace), pagesOf: () => (known ? 0 : undefined) };
}

/** Pages before the first step, as the header tells them; none where no memory can have so many. */
export function initialPages(trace: Trace): number {
  const pages = trace.segments[0]?.header.initial?.pages ?? 0;
  return pages <= MAX_PAGES ? pages : 0;
}

/** Whether a `grow` did what it says: it did not fail, and a stable memory can be so large. */
export function takesEffect({ before, by }: Extract<TraceEvent, { kind: 'grow' }>): boolean {
  return before !== -1 && before + by <= MAX_PAGES;
}

/** Returns whether all addresses of a range, its end too, are exact numbers; no memory reaches further. A range of no bytes has none. */
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

/** The state of the space that events call `space` now. */
export function spaceIn(allocation: AllocationState, space: SpaceNumber): SpaceState | undefined {
  const identity = allocation.identities.get(space);
  return identity === undefined ? undefined : allocation.spaces.get(identity);
}

function physicalOnly(): AllocationState['identities'] {
  return PersistentMap.empty<SpaceNumber, string>().with(0, 'physical memory');
}

/** The spaces of the latest header, in the order of their declaration, without the physical memory. */
export function declaredSpaces(allocation: AllocationState): readonly SpaceState[] {
  return [...allocation.identities.keys()].filter((space) => space !== 0).flatMap((space) => spaceIn(allocation, space) ?? []);
}

/** The ledger after the next event. `step`: the step that it is, or the one before it. */
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
  const old = allocation.spaces.get(identity);
  const state: SpaceState = { ...(old ?? { pages, blocks: BlockMap.EMPTY, size: 0, known: start.known }), ...described };
  const spaces = allocation.spaces.with(identity, state);
  return { ...allocation, spaces, identities: allocation.identities.with(space, identity) };
}

function allUnknown(spaces: AllocationState['spaces']): AllocationState['spaces'] {
  let unknown = spaces;
  for (const [identity, state] of spaces.entries()) if (state.known) unknown = unknown.with(identity, { ...state, known: false });
  return unknown;
}

/** What a space stands for, whatever its number; undefined where its parameters do not say it. */
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

/** `begin`: of the message that ends, and with it those that began inside of it. */
function ended(allocation: AllocationState, begin: number | undefined, undo: boolean): AllocationState {
  if (begin === undefined) return allocation;
  let ended = allocation.open;
  while (ended && ended.begin !== begin) ended = ended.before.open;
  if (!ended) return allocation;
  const { open, spaces: saved } = ended.before;
  return { ...allocation, open, spaces: undo ? undone(allocation.spaces, saved) : allocation.spaces };
}

/** What the message declared stays declared, empty. */
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

/** An empty block takes no room, and is not kept. */
function allocated(state: SpaceState, block: LiveBlock): SpaceState {
  if (block.size === 0 || !isExact(block.address, block.size)) return state;
  return { ...state, blocks: state.blocks.with(block), size: Math.max(state.size, block.address + block.size) };
}

/**
 * A block that was handed out so is no longer live. Any other range is cut out of the blocks that it touches, since libraries that keep
 * no sizes give back whatever they are told to.
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
  // Where the recording began later, the block may be older than the trace.
  return { ...state, blocks, size: state.known ? state.size : Math.max(state.size, end) };
}

/** A memory that is given back has no pages. An allocator that is cleared has one block, of what it keeps. */
function freed(state: SpaceState, keep: number, step: number): SpaceState {
  const blocks = keep > 0 ? BlockMap.EMPTY.with({ address: at(0, 0), size: keep, step }) : BlockMap.EMPTY;
  return { ...state, blocks, pages: state.pages === undefined ? undefined : 0 };
}

/** A range that is not in use. */
export interface FreeBlock {
  readonly address: LiveBlock['address'];
  readonly size: number;
}

/** The gaps between the live blocks, by address: those that end behind `from` and begin at `to` or before. */
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

/** The gaps that have a byte in the range, or end or begin at it. */
export function* gapsTouching(state: SpaceState, start: number, end: number): Generator<FreeBlock, void, undefined> {
  for (const gap of gaps(state, start, end)) if (gap.address + gap.size >= start) yield gap;
}

/** Where the first block of an allocator can lie: a chunk allocator begins behind its header. */
export function firstAddress(state: SpaceState): number {
  const base = state.params['base'];
  return state.kind === 'chunk-allocator' && typeof base === 'number' ? base : 0;
}
