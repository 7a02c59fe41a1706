/**
 * The bytes that a trace writes. Where the physical memory was recorded, they go there. Where virtual memories were, the physical image
 * is put together as the library would have: through a `MemoryManager`. All other memories stand by themselves.
 */
import { holds, PAGE_SIZE, type ReadableMemory } from '../../core/memory/memory.ts';
import { MAX_PAGES, OverlayMemory, type OverlayState } from '../../core/memory/overlay.ts';
import { inspectRegionManager } from '../../motoko/regions/inspect.ts';
import { inspectManager, VirtualMemoryView } from '../../rust/memory-manager/inspect.ts';
import { decodeManager, MAX_MEMORIES } from '../../rust/memory-manager/layout.ts';
import { type BucketReuse, isReuseName, type ManagerState, MemoryManager } from '../../rust/memory-manager/operate.ts';
import type { SpaceKind, SpaceParams, TraceEvent } from '../events.ts';
import type { Trace } from '../trace.ts';
import type { SpaceEvent } from '../trace-index.ts';
import { identityOf, initialPages, takesEffect } from './allocation-state.ts';
import { PersistentMap } from './persistent-map.ts';

/** What there is at one moment. It never changes. */
export interface MemoryState {
  /** The whole physical memory; undefined where the trace does not tell it. */
  readonly image: OverlayState | undefined;
  readonly manager: ManagerState | undefined;
  /** Memories that stand by themselves, by the identity of their space. */
  readonly others: PersistentMap<string, OverlayState>;
  /** The innermost message that has not ended; those around it are in its `before`. */
  readonly open: OpenMessage | undefined;
}

interface OpenMessage {
  /** The event that began it. */
  readonly begin: number;
  /** What there was then. */
  readonly before: MemoryState;
}

/** How the physical memory comes about. */
type Composition = 'recorded' | 'managed' | 'given' | 'none';

/** Where the events of a space go. */
type Target =
  | { readonly kind: 'image' }
  | { readonly kind: 'managed'; readonly memory: number }
  /** `grows`: by itself, where a write reaches behind its end. `freed`: a `free` takes its bytes, and not blocks in them. */
  | { readonly kind: 'other'; readonly identity: string; readonly grows: boolean; readonly freed: boolean }
  | { readonly kind: 'nowhere' };

export class MemoryStateBuilder {
  readonly #trace: Trace;
  readonly #composition: Composition;
  readonly #reuse: BucketReuse;
  readonly #image: OverlayMemory;
  /** Whether nothing was there before the first step that is not known here. */
  readonly #complete: boolean;
  #manager: MemoryManager | undefined;
  #others = PersistentMap.empty<string, OverlayState>();
  /** Those of the others that may have changed since they were kept in `#others`. */
  readonly #touched = new Map<string, OverlayMemory>();
  #open: OpenMessage | undefined;
  /** What `moment` gave last, while nothing has changed since. */
  #state: MemoryState | undefined;
  /** The manager's state, while it has not changed since. */
  #managerState: ManagerState | undefined;
  readonly #targets = new Map<SpaceEvent, Target>();

  constructor(trace: Trace, image: ReadableMemory | undefined, reuse = reuseIn(trace)) {
    this.#trace = trace;
    this.#composition = compositionOf(trace, image);
    this.#reuse = reuse;
    this.#image = new OverlayMemory(image);
    const pages = initialPages(trace);
    this.#complete = image !== undefined || (trace.segments[0]?.header.initial?.pages ?? 0) === 0;
    if (!image && this.#composition === 'recorded') this.#image.grow(pages);
  }

  /** Whether there is a physical image, at any moment. */
  get hasImage(): boolean {
    return this.#composition !== 'none';
  }

  /** Does what event `index` says. Ranges outside of their memory are left alone: the ledger tells of them. */
  apply(index: number, event: TraceEvent): void {
    if (this.#open && this.#trace.beginsSegment(index)) {
      this.#open = undefined;
      this.#state = undefined;
    }
    switch (event.kind) {
      case 'begin':
        this.#open = { begin: index, before: this.state() };
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

  /** `begin`: of the message that ends, and with it those that began inside of it. */
  #end(begin: number | undefined, undo: boolean): void {
    if (begin === undefined) return;
    let ended = this.#open;
    while (ended && ended.begin !== begin) ended = ended.before.open;
    if (!ended) return;
    if (undo) {
      this.restore(ended.before);
      return;
    }
    this.#open = ended.before.open;
    this.#state = undefined;
  }

  /** To so many pages, where there are fewer. */
  #grow(target: Target, pages: number): void {
    this.#state = undefined;
    if (target.kind === 'managed') {
      const manager = this.#managerInUse();
      const missing = Math.max(0, pages - manager.pagesOf(target.memory));
      // The image that is put together cannot be larger than any other. The manager itself would trap.
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
      const manager = this.#managerInUse();
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
      this.#managerInUse().reclaim(target.memory);
      this.#managerState = undefined;
    } else if (target.kind === 'other' && target.freed) this.#touched.set(target.identity, new OverlayMemory());
    this.#state = undefined;
  }

  #memoryOf(target: Target): OverlayMemory | undefined {
    if (target.kind === 'image') return this.#image;
    if (target.kind !== 'other') return undefined;
    const touched = this.#touched.get(target.identity);
    if (touched) return touched;
    const memory = new OverlayMemory();
    const kept = this.#others.get(target.identity);
    if (kept) memory.restore(kept);
    this.#touched.set(target.identity, memory);
    this.#state = undefined;
    return memory;
  }

  /** Opened, or made, at the first use. */
  #managerInUse(): MemoryManager {
    if (!this.#manager) {
      this.#manager = MemoryManager.init(this.#image, bucketPagesIn(this.#trace), this.#reuse);
      if (this.#managerState) this.#manager.restore(this.#managerState);
    }
    return this.#manager;
  }

  /** After an upgrade the library reads its tables anew, and with them the order of buckets. */
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
    // What was recorded physically is there already.
    if (this.#composition === 'recorded') return { kind: 'nowhere' };
    const memory = memoryIdOf({ spaceKind, params });
    if (this.#composition === 'managed' && memory !== undefined) return { kind: 'managed', memory };
    const identity = contentIdentity(spaceKind, params) ?? `${spaceKind} with the number ${space}`;
    const whole = spaceKind === 'virtual-memory' || spaceKind === 'region';
    return { kind: 'other', identity, grows: !whole || !this.#complete, freed: whole };
  }
}

/** The bytes of a space at a moment; undefined where the trace does not tell them. */
export function memoryIn(state: MemoryState, space: SpaceEvent | undefined): ReadableMemory | undefined {
  if (!space || space.spaceKind === 'physical') return state.image;
  const { spaceKind, params } = space;
  const apart = state.others.get(contentIdentity(spaceKind, params) ?? `${spaceKind} with the number ${space.space}`);
  if (apart || !state.image) return apart;
  const memory = memoryIdOf(space);
  const region = params['region'];
  if (memory !== undefined) return virtualMemoryIn(state, state.image, memory);
  if (typeof region !== 'number') return undefined;
  return inspectRegionManager(state.image, () => {})?.region(region);
}

function virtualMemoryIn(state: MemoryState, image: ReadableMemory, id: number): ReadableMemory | undefined {
  const header = decodeManager(image);
  // Only the manager at work knows the order of reused buckets.
  if (state.manager && header) return new VirtualMemoryView(image, header, id, state.manager.buckets[id] ?? []);
  return inspectManager(image, () => {})?.memories.find((view) => view.id === id);
}

/** A memory region's bytes are its region's. */
function contentIdentity(kind: SpaceKind, params: SpaceParams): string | undefined {
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

/** Whether the library would go on with the image's manager. */
export function canManage(image: ReadableMemory): boolean {
  try {
    MemoryManager.init(new OverlayMemory(image));
    return true;
  } catch {
    return false;
  }
}

/** How freed buckets are reused: as a space says, or else as 0.7.1 does where memories are given back, which no other release can. */
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

/** The id of a manager's virtual memory; undefined for other spaces. */
export function memoryIdOf({ spaceKind, params }: Pick<SpaceEvent, 'spaceKind' | 'params'>): number | undefined {
  const id = params['memory'];
  const possible = typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < MAX_MEMORIES;
  return spaceKind === 'virtual-memory' && possible ? id : undefined;
}

/** The bucket size that the first virtual memory names: a manager has only one. */
export function bucketPagesIn(trace: Trace): number | undefined {
  for (const { spaceKind, params } of spacesOf(trace)) {
    const pages = params['bucketPages'];
    const possible = typeof pages === 'number' && Number.isInteger(pages) && pages > 0 && pages <= 0xffff;
    if (spaceKind === 'virtual-memory' && possible) return pages;
  }
  return undefined;
}
