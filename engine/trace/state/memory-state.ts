/**
 * The bytes that a trace writes. If the physical memory was recorded, they go there. If virtual memories were recorded, the
 * physical image is built as the library would: through a `MemoryManager`. All other memories are separate.
 */
import { BufferedMemory } from '../../core/memory/buffered-memory.ts';
import { holds, PAGE_SIZE, type ReadableMemory } from '../../core/memory/memory.ts';
import { MAX_PAGES, OverlayMemory, type OverlayState } from '../../core/memory/overlay.ts';
import { inspectRegionManager } from '../../motoko/regions/inspect.ts';
import { inspectManager, VirtualMemoryView } from '../../rust/memory-manager/inspect.ts';
import { decodeManager, MAGIC, MAX_MEMORIES } from '../../rust/memory-manager/layout.ts';
import { type BucketReuse, isReuseName, type ManagerState, MemoryManager } from '../../rust/memory-manager/operate.ts';
import type { SpaceKind, SpaceParams, TraceEvent } from '../events.ts';
import type { Trace } from '../trace.ts';
import type { SpaceEvent } from '../trace-index.ts';
import { initialPages, takesEffect } from './allocation-state.ts';
import { PersistentMap } from './persistent-map.ts';
import type { StateBuilder } from './replay.ts';
import { identityOf } from './space-identity.ts';

/** The memories at one step. Immutable. */
export interface MemoryState {
  /** The whole physical memory. Undefined if the trace does not record it. */
  readonly image: OverlayState | undefined;
  readonly manager: ManagerState | undefined;
  /** Separate memories, by the identity of their space. */
  readonly others: PersistentMap<string, OverlayState>;
  /** The innermost open message. */
  readonly open: OpenMessage | undefined;
}

interface OpenMessage {
  /** The event that began it. */
  readonly begin: number;
  /** The message around it. */
  readonly outer: OpenMessage | undefined;
  /** The state at that event, if the message will be undone. */
  readonly before: MemoryState | undefined;
}

/** How the physical memory is built. */
type Composition = 'recorded' | 'managed' | 'given' | 'none';

/** The memory that the events of a space apply to. */
type Target =
  | { readonly kind: 'image' }
  | { readonly kind: 'managed'; readonly memory: number }
  /** If `grows`, a write past its end grows it. If `freed`, a `free` discards its bytes, not blocks in them. */
  | { readonly kind: 'other'; readonly identity: string; readonly grows: boolean; readonly freed: boolean }
  | { readonly kind: 'nowhere' };

/** Approximate size of a state without its bytes. */
const STATE_BYTES = 200;

export class MemoryStateBuilder implements StateBuilder<MemoryState> {
  readonly #trace: Trace;
  readonly #composition: Composition;
  readonly #reuse: BucketReuse;
  readonly #image: BufferedMemory;
  /** True if the memory before the first step is completely known. */
  readonly #complete: boolean;
  #manager: MemoryManager | undefined;
  #others = PersistentMap.empty<string, OverlayState>();
  /** Separate memories that may have changed since they were stored in `#others`. */
  readonly #touched = new Map<string, BufferedMemory>();
  #open: OpenMessage | undefined;
  /** The last result of `state`, while nothing has changed. */
  #state: MemoryState | undefined;
  /** The manager's state, while it has not changed. */
  #managerState: ManagerState | undefined;
  readonly #targets = new Map<SpaceEvent, Target>();

  constructor(trace: Trace, image: ReadableMemory | undefined, reuse = reuseIn(trace)) {
    this.#trace = trace;
    this.#composition = compositionOf(trace, image);
    this.#reuse = reuse;
    this.#image = new BufferedMemory(new OverlayMemory(image));
    const pages = initialPages(trace);
    this.#complete = image !== undefined || (trace.segments[0]?.header.initial?.pages ?? 0) === 0;
    if (!image && this.#composition === 'recorded') this.#image.grow(pages);
  }

  /** True if there is a physical image. */
  get hasImage(): boolean {
    return this.#composition !== 'none';
  }

  /** Applies event `index`. Ignores ranges outside their memory, which are reported as faults. */
  apply(event: TraceEvent, _step: number, index: number): void {
    if (this.#open && this.#trace.beginsSegment(index)) {
      this.#open = undefined;
      this.#state = undefined;
    }
    switch (event.kind) {
      case 'begin':
        this.#open = {
          begin: index,
          outer: this.#open,
          before: this.#trace.messages.willBeUndone(index) ? this.state() : undefined,
        };
        this.#state = undefined;
        if (event.messageKind === 'post-upgrade') this.#load();
        break;
      case 'end':
        this.#end(this.#trace.messages.begunBy(index), event.outcome === 'rolled-back' || event.outcome === 'trapped');
        break;
      case 'grow':
        if (takesEffect(event)) this.#grow(this.#targetOf(index, event.space), event.before + event.by);
        break;
      case 'write':
        this.#write(this.#targetOf(index, event.space), event);
        break;
      case 'free':
        this.#free(this.#targetOf(index, event.space));
    }
  }

  /** Bytes that were copied since the last state. Approximate. */
  get cost(): number {
    let bytes = STATE_BYTES + this.#image.copiedBytes;
    for (const memory of this.#touched.values()) bytes += memory.copiedBytes;
    return bytes;
  }

  /** Bytes of the whole state, approximately. */
  get size(): number {
    let bytes = STATE_BYTES + this.#image.writtenBytes;
    for (const memory of this.#touched.values()) bytes += memory.writtenBytes;
    return bytes;
  }

  state(): MemoryState {
    if (this.#state) return this.#state;
    this.#managerState ??= this.#manager?.save();
    for (const [identity, memory] of this.#touched) this.#others = this.#others.with(identity, memory.state());
    this.#touched.clear();
    this.#state = {
      image: this.hasImage ? this.#image.state() : undefined,
      manager: this.#managerState,
      others: this.#others,
      open: this.#open,
    };
    return this.#state;
  }

  restore(state: MemoryState): void {
    if (state === this.#state) return;
    if (state.image) this.#image.restore(state.image);
    if (!state.manager) this.#manager = undefined;
    else if (state.manager !== this.#managerState) this.#manager?.restore(state.manager);
    this.#managerState = state.manager;
    this.#others = state.others;
    this.#touched.clear();
    this.#open = state.open;
    this.#state = state;
  }

  /** Ends the message with this `begin`, and the messages within it. */
  #end(begin: number | undefined, undo: boolean): void {
    if (begin === undefined) return;
    let ended = this.#open;
    while (ended && ended.begin !== begin) ended = ended.outer;
    if (!ended) return;
    if (undo && ended.before) this.restore(ended.before);
    else {
      this.#open = ended.outer;
      this.#state = undefined;
    }
  }

  /** Grows a memory to a number of pages, if it has fewer. */
  #grow(target: Target, pages: number): void {
    this.#state = undefined;
    if (target.kind === 'managed') {
      if (pages === 0) return;
      const manager = this.#managerInUse();
      const missing = Math.max(0, pages - manager.pagesOf(target.memory));
      // The built image has the same size limit as any other. The manager itself would trap.
      if (this.#image.pages + missing + manager.bucketPages > MAX_PAGES) return;
      manager.grow(target.memory, missing);
      this.#managerState = undefined;
      return;
    }
    const memory = this.#memoryOf(target);
    if (memory) memory.grow(Math.max(0, pages - memory.pages));
  }

  #write(target: Target, event: Extract<TraceEvent, { kind: 'write' }>): void {
    if (target.kind === 'managed') {
      const manager = this.#existingManager();
      if (!manager) return;
      const memory = manager.get(target.memory);
      // A snapshot's damaged tables can give a memory fewer buckets than its size needs.
      const room = manager.bucketsOf(target.memory).length * manager.bucketPages * PAGE_SIZE;
      if (!holds(memory, event.address, event.bytes.length) || event.address + event.bytes.length > room) return;
      memory.write(event.address, event.bytes);
      this.#state = undefined;
      return;
    }
    const memory = this.#memoryOf(target);
    if (!memory) return;
    if (target.kind === 'other' && target.grows) {
      memory.grow(Math.max(0, Math.ceil((event.address + event.bytes.length) / PAGE_SIZE) - memory.pages));
    }
    if (!holds(memory, event.address, event.bytes.length)) return;
    memory.write(event.address, event.bytes);
    this.#state = undefined;
  }

  #free(target: Target): void {
    if (target.kind === 'managed') {
      this.#existingManager()?.reclaim(target.memory);
      this.#managerState = undefined;
    } else if (target.kind === 'other' && target.freed)
      this.#touched.set(target.identity, new BufferedMemory(new OverlayMemory()));
    this.#state = undefined;
  }

  #memoryOf(target: Target): BufferedMemory | undefined {
    if (target.kind === 'image') return this.#image;
    if (target.kind !== 'other') return undefined;
    const touched = this.#touched.get(target.identity);
    if (touched) return touched;
    const memory = new BufferedMemory(new OverlayMemory());
    const kept = this.#others.get(target.identity);
    if (kept) memory.restore(kept);
    this.#touched.set(target.identity, memory);
    this.#state = undefined;
    return memory;
  }

  /** Returns the manager if there is one. Only growth creates one: no memory has bytes or buckets before it grew. */
  #existingManager(): MemoryManager | undefined {
    return this.#manager || this.#managerState || decodeManager(this.#image)?.magic === MAGIC ? this.#managerInUse() : undefined;
  }

  /** Returns the manager. Opens or creates it on first use. */
  #managerInUse(): MemoryManager {
    if (!this.#manager) {
      this.#manager = MemoryManager.init(this.#image, bucketPagesIn(this.#trace), this.#reuse);
      if (this.#managerState) this.#manager.restore(this.#managerState);
    }
    return this.#manager;
  }

  /** Reloads the manager. After an upgrade the library reads its tables again, and with them the order of buckets. */
  #load(): void {
    if (!this.#manager && !this.#managerState) return;
    this.#managerInUse().reload();
    this.#managerState = undefined;
  }

  #targetOf(index: number, space: number): Target {
    if (space === 0) return this.#composition === 'recorded' ? { kind: 'image' } : { kind: 'nowhere' };
    const declared = this.#trace.spaceAt(index, space);
    if (!declared) return { kind: 'nowhere' };
    const known = this.#targets.get(declared);
    if (known) return known;
    const target = this.#targetFor(declared);
    this.#targets.set(declared, target);
    return target;
  }

  #targetFor({ space, spaceKind, params }: SpaceEvent): Target {
    if (spaceKind === 'physical') return this.#composition === 'recorded' ? { kind: 'image' } : { kind: 'nowhere' };
    // Writes to virtual memories are already in the recorded physical memory.
    if (this.#composition === 'recorded') return { kind: 'nowhere' };
    const memory = memoryIdOf({ spaceKind, params });
    if (this.#composition === 'managed' && memory !== undefined) return { kind: 'managed', memory };
    const identity = contentIdentity(spaceKind, params) ?? `${spaceKind} with the number ${space}`;
    const whole = spaceKind === 'virtual-memory' || spaceKind === 'region';
    return { kind: 'other', identity, grows: !whole || !this.#complete, freed: whole };
  }
}

/** Returns the bytes of a space in a state, or undefined if the trace does not record them. */
export function memoryIn(state: MemoryState, space: SpaceEvent | undefined): ReadableMemory | undefined {
  if (!space || space.spaceKind === 'physical') return state.image;
  const { spaceKind, params } = space;
  const separate = state.others.get(contentIdentity(spaceKind, params) ?? `${spaceKind} with the number ${space.space}`);
  if (separate || !state.image) return separate;
  const memory = memoryIdOf(space);
  const region = params['region'];
  if (memory !== undefined) return virtualMemoryIn(state, state.image, memory);
  if (typeof region !== 'number') return undefined;
  return inspectRegionManager(state.image, () => {})?.region(region);
}

function virtualMemoryIn(state: MemoryState, image: ReadableMemory, id: number): ReadableMemory | undefined {
  // Only the running manager knows the order of reused buckets.
  if (state.manager) return new VirtualMemoryView(image, state.manager, id, state.manager.buckets[id] ?? []);
  return inspectManager(image, () => {})?.memories.find((view) => view.id === id);
}

/** Returns the identity of a space's bytes. A memory-region's bytes are those of its region. */
export function contentIdentity(kind: SpaceKind, params: SpaceParams): string | undefined {
  return kind === 'memory-region' ? identityOf('region', params) : identityOf(kind, params);
}

function compositionOf(trace: Trace, image: ReadableMemory | undefined): Composition {
  if (trace.physical) return 'recorded';
  if (spacesOf(trace).some((space) => memoryIdOf(space) !== undefined)) {
    if (image && image.pages > 0) return canManage(image) ? 'managed' : 'none';
    return bucketPagesIn(trace) === undefined ? 'none' : 'managed';
  }
  const untouched = !trace.stepCounts.has('write') && !trace.stepCounts.has('grow');
  return image && untouched ? 'given' : 'none';
}

/** Returns true if the library can open the image's manager. */
export function canManage(image: ReadableMemory): boolean {
  try {
    MemoryManager.init(new OverlayMemory(image));
    return true;
  } catch {
    return false;
  }
}

/**
 * Returns how freed buckets are reused: as a space declares it, or else as in 0.7.1 if memories are freed, because no other
 * release can free them.
 */
export function reuseIn(trace: Trace): BucketReuse {
  for (const { spaceKind, params } of spacesOf(trace)) {
    const named = params['reuse'];
    if (spaceKind === 'virtual-memory' && isReuseName(named)) return named;
  }
  return freesMemories(trace) ? 'lowest-first' : 'never';
}

function freesMemories(trace: Trace): boolean {
  if (!trace.stepCounts.has('free')) return false;
  for (let index = 0; index < trace.count; index++) {
    if (!trace.isKind(index, 'free')) continue;
    const event = trace.at(index);
    if (event.kind === 'free' && trace.spaceAt(index, event.space)?.spaceKind === 'virtual-memory') return true;
  }
  return false;
}

function spacesOf(trace: Trace): readonly SpaceEvent[] {
  return trace.segments.flatMap((segment) => [...segment.spaces.values()]);
}

/** Returns the id of a manager's virtual memory, or undefined for other spaces. */
export function memoryIdOf({ spaceKind, params }: Pick<SpaceEvent, 'spaceKind' | 'params'>): number | undefined {
  const id = params['memory'];
  const possible = typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < MAX_MEMORIES;
  return spaceKind === 'virtual-memory' && possible ? id : undefined;
}

/** Returns the bucket size in pages of the first virtual memory that has one. A manager has only one bucket size. */
export function bucketPagesIn(trace: Trace): number | undefined {
  for (const { spaceKind, params } of spacesOf(trace)) {
    const pages = params['bucketPages'];
    const possible = typeof pages === 'number' && Number.isInteger(pages) && pages > 0 && pages <= 0xffff;
    if (spaceKind === 'virtual-memory' && possible) return pages;
  }
  return undefined;
}
