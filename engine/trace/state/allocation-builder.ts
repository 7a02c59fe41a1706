/**
 * Applies a trace's events to the state of its spaces. The state changes in place; `state` keeps it as it is at that time, and
 * `restore` goes back to such a state.
 */
import { at } from '../../core/memory/memory.ts';
import type { SpaceKind, SpaceNumber, SpaceParams, TraceEvent } from '../events.ts';
import type { Trace } from '../trace.ts';
import type { SpaceEvent } from '../trace-index.ts';
import {
  type AllocationState,
  isExact,
  type OpenMessage,
  physicalOnly,
  type SpaceState,
  type SpaceView,
  type StartingPoint,
  takesEffect,
} from './allocation-state.ts';
import { BlockEditor } from './block-editor.ts';
import { BlockMap } from './block-map.ts';
import type { LiveBlock } from './block-tree.ts';
import type { StateBuilder } from './replay.ts';
import { identityOfSpace, PHYSICAL } from './space-identity.ts';

/** Approximate size of a node of live blocks, of a block with its share of the nodes, and of a state. */
const NODE_BYTES = 1600;
const BLOCK_BYTES = 80;
const STATE_BYTES = 200;

export class AllocationBuilder implements StateBuilder<AllocationState> {
  readonly #trace: Trace;
  readonly #start: StartingPoint;
  #next = 0;
  #spaces: AllocationState['spaces'];
  #identities: AllocationState['identities'];
  #open: OpenMessage | undefined;
  /** Spaces that may have changed since they were stored in `#spaces`, by identity. */
  readonly #touched = new Map<string, SpaceBuilder>();
  /** The same spaces, by their number. */
  readonly #byNumber = new Map<SpaceNumber, SpaceBuilder>();

  constructor(trace: Trace, start: StartingPoint, state: AllocationState) {
    this.#trace = trace;
    this.#start = start;
    this.#next = state.next;
    this.#spaces = state.spaces;
    this.#identities = state.identities;
    this.#open = state.open;
  }

  /** Returns the space with a number, as it is now. */
  space(space: SpaceNumber): SpaceView | undefined {
    return this.#space(space);
  }

  /** Bytes that were copied since the last state. Approximate. */
  get cost(): number {
    let copied = 0;
    for (const space of this.#touched.values()) copied += space.blocks.copied;
    return STATE_BYTES + copied * NODE_BYTES;
  }

  /** Bytes of the whole state, approximately. */
  get size(): number {
    let blocks = 0;
    for (const [identity, state] of this.#spaces.entries()) blocks += (this.#touched.get(identity) ?? state).blocks.count;
    return STATE_BYTES + blocks * BLOCK_BYTES;
  }

  state(): AllocationState {
    return { next: this.#next, spaces: this.#saved(), identities: this.#identities, open: this.#open };
  }

  restore(state: AllocationState): void {
    this.#next = state.next;
    this.#forget();
    this.#spaces = state.spaces;
    this.#identities = state.identities;
    this.#open = state.open;
  }

  /** Applies the next event. `step` is its step, or the step before it. */
  apply(event: TraceEvent, step: number): void {
    const index = this.#next;
    if (index > 0 && this.#trace.segments.length > 1 && this.#trace.beginsSegment(index)) {
      this.#identities = physicalOnly();
      this.#open = undefined;
      this.#byNumber.clear();
    }
    this.#next += 1;
    switch (event.kind) {
      case 'space':
        this.#declare(event, this.#trace.nameAt(index, event.name));
        break;
      case 'begin':
        this.#open = {
          begin: index,
          outer: this.#open,
          before: this.#trace.messages.willBeUndone(index) ? this.#saved() : undefined,
        };
        break;
      case 'end':
        this.#end(this.#trace.messages.begunBy(index), event.outcome === 'rolled-back' || event.outcome === 'trapped');
        break;
      case 'grow':
        if (takesEffect(event)) this.#space(event.space)?.growTo(event.before + event.by);
        break;
      case 'allocate':
        this.#space(event.space)?.allocate(event.address, event.size, step);
        break;
      case 'deallocate':
        this.#space(event.space)?.deallocate(event.address, event.size);
        break;
      case 'reallocate': {
        const space = this.#space(event.space);
        space?.deallocate(event.oldAddress, event.oldSize);
        space?.allocate(event.address, event.size, step);
        break;
      }
      case 'free':
        this.#space(event.space)?.free(event.keep ?? 0, step);
        break;
      case 'gap':
        for (const [identity] of this.#saved().entries()) this.#touch(identity)?.lose();
    }
  }

  #space(space: SpaceNumber): SpaceBuilder | undefined {
    const known = this.#byNumber.get(space);
    if (known) return known;
    const identity = this.#identities.get(space);
    const touched = identity === undefined ? undefined : this.#touch(identity);
    if (touched) this.#byNumber.set(space, touched);
    return touched;
  }

  #touch(identity: string): SpaceBuilder | undefined {
    const touched = this.#touched.get(identity);
    if (touched) return touched;
    const state = this.#spaces.get(identity);
    if (!state) return undefined;
    const space = new SpaceBuilder(state);
    this.#touched.set(identity, space);
    return space;
  }

  #saved(): AllocationState['spaces'] {
    for (const [identity, space] of this.#touched) {
      const state = space.state();
      if (state !== this.#spaces.get(identity)) this.#spaces = this.#spaces.with(identity, state);
    }
    return this.#spaces;
  }

  #forget(): void {
    this.#touched.clear();
    this.#byNumber.clear();
  }

  #declare(event: SpaceEvent, name: string | undefined): void {
    const { space, spaceKind: kind, params } = event;
    const identity = identityOfSpace(event);
    const hasPages = kind === 'physical' || kind === 'virtual-memory' || kind === 'region';
    const spaces = this.#saved();
    // Events that are missing can have used the space before it was declared.
    const known = this.#start.known && spaces.get(PHYSICAL)?.known === true;
    const firstPages = known || !this.#start.known ? this.#start.pagesOf(identity) : undefined;
    const pages = hasPages ? (kind === 'physical' ? this.#start.pages : firstPages) : undefined;
    const state = spaces.get(identity) ?? { pages, blocks: BlockMap.EMPTY, size: 0, known };
    this.#forget();
    this.#spaces = this.#spaces.with(identity, { ...state, space, kind, name: name ?? identity, params, identity });
    this.#identities = this.#identities.with(space, identity);
  }

  /** Ends the message with this `begin`, and the messages within it. */
  #end(begin: number | undefined, undo: boolean): void {
    if (begin === undefined) return;
    let ended = this.#open;
    while (ended && ended.begin !== begin) ended = ended.outer;
    if (!ended) return;
    this.#open = ended.outer;
    if (!undo || !ended.before) return;
    const spaces = undone(this.#saved(), ended.before);
    this.#forget();
    this.#spaces = spaces;
  }
}

/** Restores the spaces from before a message. Spaces that it declared remain, but empty. */
function undone(spaces: AllocationState['spaces'], saved: AllocationState['spaces']): AllocationState['spaces'] {
  let restored = saved;
  const known = saved.get(PHYSICAL)?.known === true;
  for (const [identity, state] of spaces.entriesFrom(saved.size)) {
    const pages = state.pages === undefined ? undefined : 0;
    restored = restored.with(identity, { ...state, pages, blocks: BlockMap.EMPTY, size: 0, known });
  }
  return restored;
}

/** A space that changes. */
class SpaceBuilder implements SpaceView {
  readonly blocks: BlockEditor;
  #state: SpaceState;
  #pages: number | undefined;
  #size: number;
  #known: boolean;

  constructor(state: SpaceState) {
    this.#state = state;
    this.blocks = new BlockEditor(state.blocks);
    this.#pages = state.pages;
    this.#size = state.size;
    this.#known = state.known;
  }

  get space(): SpaceNumber {
    return this.#state.space;
  }

  get kind(): SpaceKind {
    return this.#state.kind;
  }

  get name(): string {
    return this.#state.name;
  }

  get params(): SpaceParams {
    return this.#state.params;
  }

  get identity(): string {
    return this.#state.identity;
  }

  get pages(): number | undefined {
    return this.#pages;
  }

  get size(): number {
    return this.#size;
  }

  get known(): boolean {
    return this.#known;
  }

  state(): SpaceState {
    const blocks = this.blocks.save();
    const state = this.#state;
    const same =
      blocks === state.blocks && this.#pages === state.pages && this.#size === state.size && this.#known === state.known;
    if (!same) this.#state = { ...state, blocks, pages: this.#pages, size: this.#size, known: this.#known };
    return this.#state;
  }

  growTo(pages: number): void {
    this.#pages = Math.max(this.#pages ?? 0, pages);
  }

  /** Adds a block. An empty block takes no space and is not kept. */
  allocate(address: LiveBlock['address'], size: number, step: number): void {
    if (size === 0 || !isExact(address, size)) return;
    this.blocks.add({ address, size, step });
    this.#size = Math.max(this.#size, address + size);
  }

  deallocate(address: LiveBlock['address'], size: number): void {
    if (size === 0 || !isExact(address, size)) return;
    // If the recording started later, the block may be from before the trace.
    if (!this.#known && this.blocks.startingAt(address, size)?.size !== size) this.#size = Math.max(this.#size, address + size);
    this.blocks.free(address, size);
  }

  /**
   * Frees the space. A freed memory has no pages; the physical memory cannot be freed. A cleared allocator has one block: the bytes that
   * it keeps. It cannot keep bytes that were never allocated, but events that are missing can have allocated them.
   */
  free(keep: number, step: number): void {
    if (this.kind === 'virtual-memory' || this.kind === 'region') {
      if (this.#pages !== undefined) this.#pages = 0;
      return;
    }
    if (this.kind === 'physical' || (keep > this.#size && this.#known)) return;
    this.blocks.clear();
    if (keep > 0) this.blocks.add({ address: at(0, 0), size: keep, step });
    this.#size = Math.max(this.#size, keep);
  }

  /** Notes that the recorder lost events. */
  lose(): void {
    this.#known = false;
  }
}

/** Returns a space without a range, as a `deallocate` leaves it. */
export function deallocated(state: SpaceState, address: LiveBlock['address'], size: number): SpaceState {
  const space = new SpaceBuilder(state);
  space.deallocate(address, size);
  return space.state();
}
