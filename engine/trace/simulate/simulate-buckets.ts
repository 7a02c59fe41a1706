/** Simulates another way to reuse buckets for a trace's virtual memories, with the same grows and frees in the same order. */

import { formatCounted } from '../../core/format.ts';
import type { ReadableMemory } from '../../core/memory/memory.ts';
import { MAX_PAGES, OverlayMemory } from '../../core/memory/overlay.ts';
import { Unreadable } from '../../core/unreadable.ts';
import { migrate } from '../../rust/linked-memory-manager/migrate.ts';
import { LinkedMemoryManager } from '../../rust/linked-memory-manager/operate.ts';
import { type BucketReuse, MemoryManager, REUSE_NAMES } from '../../rust/memory-manager/operate.ts';
import { type BucketOrder, bucketOrder } from '../../rust/memory-manager/order.ts';
import type { EventKind, SpaceNumber, TraceEvent } from '../events.ts';
import { takesEffect } from '../state/allocation-state.ts';
import { CommittedEvents } from '../state/committed-events.ts';
import { bucketPagesIn, canManage, memoryIdOf } from '../state/memory-state.ts';
import type { Trace } from '../trace.ts';
import type { SpaceEvent } from '../trace-index.ts';
import type { SimulationFault } from './simulate.ts';

/** A step that allocated a bucket below one that the memory already had, so that the next load permutes its pages. */
interface BucketPermutation {
  readonly step: number;
  /** The memory's space. */
  readonly space: SpaceNumber;
  readonly order: BucketOrder;
}

/**
 * Ways in which a manager of layout version 1 can reuse freed buckets, and the linked layout, which supports freeing natively.
 */
export const BUCKET_CHOICES = [...REUSE_NAMES, 'linked'] as const;

export type BucketChoice = (typeof BUCKET_CHOICES)[number];

export function isBucketChoice(name: string): name is BucketChoice {
  return BUCKET_CHOICES.some((known) => known === name);
}

export interface BucketSimulation {
  readonly reuse: BucketChoice;
  /** Pages of the image at the end. */
  readonly pages: number;
  /** Number of buckets that were allocated for the first time. */
  readonly allocatedBuckets: number;
  /** Number of times that a freed bucket was allocated again. */
  readonly reusedBuckets: number;
  /** Buckets that were freed and are unallocated at the end. */
  readonly freedBuckets: readonly number[];
  readonly permutations: readonly BucketPermutation[];
  readonly faults: readonly SimulationFault[];
}

export type BucketOutcome =
  | { readonly ok: true; readonly result: BucketSimulation }
  | { readonly ok: false; readonly message: string };

/** Simulates the buckets of a trace. `image` is the snapshot at the start of the recording. */
export function simulateBuckets(trace: Trace, reuse: BucketChoice, image?: ReadableMemory): BucketOutcome {
  const bucketPages = bucketPagesIn(trace);
  const given = image !== undefined && image.pages > 0;
  if (given && !canManage(image)) return { ok: false, message: 'The snapshot has no memory manager that the library can open.' };
  if (!given && bucketPages === undefined) {
    return { ok: false, message: 'The trace has no virtual memories of a memory manager with a bucket size.' };
  }
  const memory = new OverlayMemory(image);
  const manager = openManager(reuse, memory, bucketPages);
  if (typeof manager === 'string') return { ok: false, message: manager };
  const simulation = new BucketRun(reuse, memory, manager);
  for (let index = 0; index < trace.count; index++) {
    if (mayMatterToBuckets(trace, index)) simulation.next(trace.at(index), trace.stepOf(index));
  }
  return { ok: true, result: simulation.end() };
}

/** Begins a simulation of the library's own manager with another bucket size, in a memory that is empty at the start. */
export function beginWithBucketSize(reuse: BucketReuse, bucketPages: number, onApplied: OnApplied): BucketRun {
  const memory = new OverlayMemory();
  return new BucketRun(reuse, memory, MemoryManager.init(memory, bucketPages, reuse), onApplied);
}

/** Returns false for events that a simulation of buckets need not see. Decodes nothing. */
export function mayMatterToBuckets(trace: Trace, index: number): boolean {
  return KINDS.some((kind) => trace.isKind(index, kind));
}

/** Called after each request that the manager has executed, with its step and the pages of the image. */
type OnApplied = (step: number, pages: number) => void;

/** Operations that the managers of all layouts share. */
type BucketManager = Pick<
  MemoryManager,
  'bucketPages' | 'allocatedBuckets' | 'pagesOf' | 'bucketsOf' | 'freedBuckets' | 'reload' | 'grow' | 'reclaim'
>;

/** Opens a manager. Returns a sentence if it cannot be opened. */
function openManager(choice: BucketChoice, image: OverlayMemory, bucketPages: number | undefined): BucketManager | string {
  if (choice !== 'linked') return MemoryManager.init(image, bucketPages, choice);
  try {
    return image.pages > 0 ? migrate(image) : LinkedMemoryManager.init(image, bucketPages);
  } catch (error) {
    if (error instanceof Unreadable)
      return `The snapshot's memory manager cannot be migrated to the linked layout. ${error.message}`;
    throw error;
  }
}

/** Maximum buckets listed by all reported permutations together. */
const MAX_LISTED_BUCKETS = 1_000_000;

/** Kinds of events that matter here. */
const KINDS = ['space', 'begin', 'end', 'grow', 'free'] as const satisfies readonly EventKind[];

/** A running simulation. The manager sees only committed requests. */
export class BucketRun {
  readonly #reuse: BucketChoice;
  readonly #image: OverlayMemory;
  readonly #manager: BucketManager;
  readonly #onApplied: OnApplied | undefined;
  readonly #committed = new CommittedEvents((event) => mattersToBuckets(event));
  readonly #memories = new Map<number, number>();
  readonly #permutations: BucketPermutation[] = [];
  readonly #faults: SimulationFault[] = [];
  #reused = 0;
  /** Number of buckets that the permutations list so far. */
  #listedBuckets = 0;

  constructor(reuse: BucketChoice, image: OverlayMemory, manager: BucketManager, onApplied?: OnApplied) {
    this.#onApplied = onApplied;
    this.#reuse = reuse;
    this.#image = image;
    this.#manager = manager;
  }

  next(event: TraceEvent, step: number): void {
    if (event.kind === 'space') this.#declare(event);
    for (const committed of this.#committed.next(event, step)) this.#apply(committed.step, committed.event);
  }

  /** Pages of all buckets that no memory uses: the rest of their last buckets, and whole buckets that were freed. */
  get unusedPages(): number {
    let used = 0;
    for (const memory of new Set(this.#memories.values())) used += this.#manager.pagesOf(memory);
    return this.#manager.allocatedBuckets * this.#manager.bucketPages - used;
  }

  end(): BucketSimulation {
    for (const { step, event } of this.#committed.end()) this.#apply(step, event);
    return {
      reuse: this.#reuse,
      pages: this.#image.pages,
      allocatedBuckets: this.#manager.allocatedBuckets,
      reusedBuckets: this.#reused,
      freedBuckets: [...this.#manager.freedBuckets()],
      permutations: this.#permutations,
      faults: this.#faults,
    };
  }

  #declare(space: SpaceEvent): void {
    const memory = memoryIdOf(space);
    if (memory === undefined) this.#memories.delete(space.space);
    else this.#memories.set(space.space, memory);
  }

  #apply(step: number, event: TraceEvent): void {
    if (event.kind === 'begin') this.#manager.reload();
    if (event.kind !== 'grow' && event.kind !== 'free') return;
    const memory = this.#memories.get(event.space);
    if (memory === undefined) return;
    if (event.kind === 'free') this.#manager.reclaim(memory);
    else if (takesEffect(event)) this.#grow(step, event.space, memory, event.before + event.by);
    this.#onApplied?.(step, this.#image.pages);
  }

  /** Grows a memory to a number of pages, if it has fewer. */
  #grow(step: number, space: SpaceNumber, memory: number, pages: number): void {
    const manager = this.#manager;
    const missing = Math.max(0, pages - manager.pagesOf(memory));
    const before = manager.bucketsOf(memory).length;
    const mark = manager.allocatedBuckets;
    const inOrder = this.#orderOf(memory) === undefined;
    const room = this.#image.pages + missing + manager.bucketPages <= MAX_PAGES;
    if (!room || manager.grow(memory, missing) === -1) {
      this.#faults.push({
        step,
        message: `Memory ${memory} cannot grow by ${formatCounted(missing, 'page')}: there is no space left.`,
      });
      return;
    }
    this.#reused += manager.bucketsOf(memory).filter((bucket, index) => index >= before && bucket < mark).length;
    const order = inOrder ? this.#orderOf(memory) : undefined;
    if (!order || this.#listedBuckets > MAX_LISTED_BUCKETS) return;
    this.#listedBuckets += order.live.length;
    this.#permutations.push({ step, space, order });
  }

  /** Returns the order of a memory's buckets if a load would change it. A linked manager never does. */
  #orderOf(memory: number): BucketOrder | undefined {
    if (this.#reuse === 'linked') return undefined;
    const { bucketPages } = this.#manager;
    return bucketOrder(memory, this.#manager.bucketsOf(memory), this.#manager.pagesOf(memory), bucketPages);
  }
}

/**
 * Returns true for events that change the owner of a bucket, and for an upgrade, after which the library loads the manager again.
 */
function mattersToBuckets(event: TraceEvent): boolean {
  return event.kind === 'grow' || event.kind === 'free' || (event.kind === 'begin' && event.messageKind === 'post-upgrade');
}
