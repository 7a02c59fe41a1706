/** What another way to reuse buckets would have made of a trace's virtual memories: the same grows and frees in the same order. */
import { formatCounted } from '../format.ts';
import type { ReadableMemory } from '../memory/memory.ts';
import { MOST_PAGES, OverlayMemory } from '../memory/overlay.ts';
import { type BucketReuse, MemoryManager } from '../stable-structures/memory-manager/operate.ts';
import { type BucketOrder, bucketOrder } from '../stable-structures/memory-manager/order.ts';
import { bucketPagesIn, canManage, memoryIdOf } from './contents.ts';
import type { EventKind, SpaceNumber, TraceEvent } from './events.ts';
import { LastingEvents } from './lasting.ts';
import { takesEffect } from './ledger.ts';
import type { SimulationFault } from './simulate.ts';
import type { Trace } from './trace.ts';
import type { SpaceEvent } from './trace-index.ts';

/** A step that gave a memory a bucket below one that it had: the next load permutes its pages. */
export interface OrderStrike {
  readonly step: number;
  /** The memory's space. */
  readonly space: SpaceNumber;
  readonly order: BucketOrder;
}

export interface BucketSimulation {
  readonly reuse: BucketReuse;
  /** Of the image at the end. */
  readonly pages: number;
  /** Buckets that were ever handed out for the first time. */
  readonly allocatedBuckets: number;
  /** How often a freed bucket was handed out again. */
  readonly reusedBuckets: number;
  /** Buckets that were given back and are nobody's at the end. */
  readonly freedBuckets: readonly number[];
  readonly strikes: readonly OrderStrike[];
  readonly faults: readonly SimulationFault[];
}

export type BucketOutcome =
  | { readonly ok: true; readonly result: BucketSimulation }
  | { readonly ok: false; readonly message: string };

/** `image`: the snapshot that the recording began with. */
export function simulateBuckets(trace: Trace, reuse: BucketReuse, image?: ReadableMemory): BucketOutcome {
  const bucketPages = bucketPagesIn(trace);
  const given = image !== undefined && image.pages > 0;
  if (given && !canManage(image))
    return { ok: false, message: 'The snapshot has no memory manager that the library would open.' };
  if (!given && bucketPages === undefined) {
    return { ok: false, message: 'The trace tells of no virtual memories of a memory manager with its bucket size.' };
  }
  const simulation = new BucketRun(reuse, new OverlayMemory(image), bucketPages);
  for (let index = 0; index < trace.count; index++) {
    if (KINDS.some((kind) => trace.isKind(index, kind))) simulation.next(trace.at(index), trace.stepOf(index));
  }
  return { ok: true, result: simulation.end() };
}

/** Strikes are told as long as they list no more buckets than this. */
const MOST_TOLD = 1_000_000;

/** Events of other kinds need not be looked at. */
const KINDS = ['space', 'begin', 'end', 'grow', 'free'] as const satisfies readonly EventKind[];

/** A simulation under way. The manager sees only requests that lasted. */
class BucketRun {
  readonly #reuse: BucketReuse;
  readonly #image: OverlayMemory;
  readonly #manager: MemoryManager;
  readonly #lasting = new LastingEvents((event) => mattersToBuckets(event));
  readonly #memories = new Map<number, number>();
  readonly #strikes: OrderStrike[] = [];
  readonly #faults: SimulationFault[] = [];
  #reused = 0;
  /** Buckets that the strikes list so far. */
  #told = 0;

  constructor(reuse: BucketReuse, image: OverlayMemory, bucketPages: number | undefined) {
    this.#reuse = reuse;
    this.#image = image;
    this.#manager = MemoryManager.init(image, bucketPages, reuse);
  }

  next(event: TraceEvent, step: number): void {
    if (event.kind === 'space') this.#declare(event);
    for (const lasting of this.#lasting.next(event, step)) this.#answer(lasting.step, lasting.event);
  }

  end(): BucketSimulation {
    for (const { step, event } of this.#lasting.end()) this.#answer(step, event);
    return {
      reuse: this.#reuse,
      pages: this.#image.pages,
      allocatedBuckets: this.#manager.allocatedBuckets,
      reusedBuckets: this.#reused,
      freedBuckets: [...this.#manager.freedBuckets()],
      strikes: this.#strikes,
      faults: this.#faults,
    };
  }

  #declare(space: SpaceEvent): void {
    const memory = memoryIdOf(space);
    if (memory === undefined) this.#memories.delete(space.space);
    else this.#memories.set(space.space, memory);
  }

  #answer(step: number, event: TraceEvent): void {
    if (event.kind === 'begin') this.#manager.reload();
    if (event.kind !== 'grow' && event.kind !== 'free') return;
    const memory = this.#memories.get(event.space);
    if (memory === undefined) return;
    if (event.kind === 'free') this.#manager.reclaim(memory);
    else if (takesEffect(event)) this.#grow(step, event.space, memory, event.before + event.by);
  }

  /** To so many pages, where there are fewer. */
  #grow(step: number, space: SpaceNumber, memory: number, pages: number): void {
    const manager = this.#manager;
    const missing = Math.max(0, pages - manager.pagesOf(memory));
    const before = manager.bucketsOf(memory).length;
    const mark = manager.allocatedBuckets;
    const inOrder = this.#orderOf(memory) === undefined;
    const room = this.#image.pages + missing + manager.bucketPages <= MOST_PAGES;
    if (!room || manager.grow(memory, missing) === -1) {
      this.#faults.push({
        step,
        message: `Memory ${memory} cannot grow by ${formatCounted(missing, 'page')}: there is no room left.`,
      });
      return;
    }
    this.#reused += manager.bucketsOf(memory).length - before - (manager.allocatedBuckets - mark);
    const order = inOrder ? this.#orderOf(memory) : undefined;
    if (!order || this.#told > MOST_TOLD) return;
    this.#told += order.live.length;
    this.#strikes.push({ step, space, order });
  }

  #orderOf(memory: number): BucketOrder | undefined {
    const { bucketPages } = this.#manager;
    return bucketOrder(memory, this.#manager.bucketsOf(memory), this.#manager.pagesOf(memory), bucketPages);
  }
}

/** What changes who has which bucket, and an upgrade, after which the library loads the manager anew. */
function mattersToBuckets(event: TraceEvent): boolean {
  return event.kind === 'grow' || event.kind === 'free' || (event.kind === 'begin' && event.messageKind === 'post-upgrade');
}
