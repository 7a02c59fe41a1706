import { formatCount } from '../../../core/format.ts';
import { at } from '../../../core/memory/memory.ts';
import type { Sliced } from '../../../core/slices.ts';
import type { SpaceNumber, TraceEvent } from '../../events.ts';
import { isExact, startWithoutImage, takesEffect } from '../../state/allocation-state.ts';
import { identityOfSpace, PHYSICAL } from '../../state/space-identity.ts';
import type { Trace } from '../../trace.ts';
import type { SpaceEvent } from '../../trace-index.ts';
import { CallPaths } from './call-paths.ts';
import { type EventReader, readEvents } from './event-reader.ts';
import { NO_PAGES, SpaceLife } from './space-life.ts';
import { UndoLog } from './undo-log.ts';

/** Maximum records of blocks, so that damaged traces do not take gigabytes. A block that comes back has several. */
const MAX_RECORDS = 2 ** 25;

/** The spaces of a trace over all steps. */
export interface Lifetimes {
  /** All spaces that were ever declared, under all headers. The physical memory is the first. */
  readonly spaces: readonly SpaceLife[];
  readonly paths: CallPaths;
  /** The number of steps that were read: fewer than the trace's if there are too many blocks. */
  readonly steps: number;
  /** A full sentence, if not all steps were read. */
  readonly cutShort: string | undefined;
}

/**
 * Reads a whole trace once, and returns when each block was live. The live blocks after step n are those that begin at or before n
 * and end after it; they are exactly those of the allocation state after step n.
 */
export function* readLifetimes(trace: Trace): Sliced<Lifetimes> {
  const reader = new LifetimesReader(trace);
  yield* readEvents(trace, [reader]);
  return reader.finished();
}

/** Follows the state of all spaces, event by event. */
export class LifetimesReader implements EventReader {
  readonly paths: CallPaths;
  readonly #trace: Trace;
  readonly #start: ReturnType<typeof startWithoutImage>;
  /** The events after headers, in order, and the place in them of the next one. */
  readonly #headers: readonly number[];
  #nextHeader = 0;
  readonly #spaces: SpaceLife[] = [];
  readonly #byIdentity = new Map<string, SpaceLife>();
  /** The spaces of the latest header, by number. */
  readonly #byNumber = new Map<SpaceNumber, SpaceLife>();
  readonly #log: UndoLog;
  readonly #physical: SpaceLife;
  readonly #maxRecords: number;
  /** The last step that was read, if there are too many blocks. */
  #cutAt: number | undefined;

  constructor(trace: Trace, maxRecords = MAX_RECORDS) {
    this.#trace = trace;
    this.#maxRecords = maxRecords;
    this.paths = new CallPaths(trace);
    this.#start = startWithoutImage(trace);
    this.#headers = trace.segments.map(({ firstEvent }) => firstEvent).filter((event) => event > 0);
    this.#log = new UndoLog(this.#spaces);
    const declared = { number: 0, kind: 'physical' as const, name: PHYSICAL, params: {} };
    this.#physical = this.#declare(PHYSICAL, declared, this.#start.pages, true);
    this.#byNumber.set(0, this.#physical);
  }

  read(index: number, event: TraceEvent): void {
    if (this.#cutAt !== undefined) return;
    if (this.#recordCount() > this.#maxRecords) {
      this.#cutAt = index === 0 ? 0 : this.#trace.stepOf(index - 1);
      return;
    }
    if (index === this.#headers[this.#nextHeader]) {
      while (index === this.#headers[this.#nextHeader]) this.#nextHeader += 1;
      this.#log.endAll();
      this.#byNumber.clear();
      this.#byNumber.set(0, this.#physical);
    }
    // What was accessed changes no block and no size.
    if (event.kind !== 'write' && event.kind !== 'read') this.#apply(index, event, this.#trace.stepOf(index));
  }

  finished(): Lifetimes {
    for (const space of this.#spaces) space.finish();
    const all = this.#trace.steps;
    const steps = this.#cutAt ?? all;
    const why = `because there are more than ${formatCount(this.#maxRecords)} blocks`;
    const cutShort =
      steps < all ? `Only the first ${formatCount(steps)} of ${formatCount(all)} steps are shown, ${why}.` : undefined;
    return { spaces: this.#spaces, paths: this.paths, steps, cutShort };
  }

  #recordCount(): number {
    let count = 0;
    for (const { records } of this.#spaces) count += records.count;
    return count;
  }

  #apply(index: number, event: TraceEvent, step: number): void {
    const space = 'space' in event ? this.#byNumber.get(event.space) : undefined;
    const log = this.#log;
    switch (event.kind) {
      case 'space':
        this.#declared(index, event);
        break;
      case 'begin':
        log.beginMessage(index);
        break;
      case 'end': {
        const undoes = event.outcome === 'rolled-back' || event.outcome === 'trapped';
        log.endMessage(this.#trace.messages.begunBy(index), undoes ? step : undefined);
        break;
      }
      case 'gap':
        for (const one of this.#spaces) one.forget(log);
        break;
      case 'grow':
        if (takesEffect(event)) space?.grow(step, Math.max(space.pages.last, event.before + event.by, 0), log);
        break;
      case 'allocate':
        this.#allocate(space, index, step, event);
        break;
      case 'deallocate':
        this.#free(space, step, event.address, event.size);
        break;
      case 'reallocate':
        this.#free(space, step, event.oldAddress, event.oldSize);
        this.#allocate(space, index, step, event);
        break;
      case 'free':
        space?.clear(step, event.keep ?? 0, log);
    }
  }

  #allocate(
    space: SpaceLife | undefined,
    index: number,
    step: number,
    { address, size, stack }: Extract<TraceEvent, { kind: 'allocate' | 'reallocate' }>,
  ): void {
    if (!space || size === 0 || !isExact(address, size)) return;
    space.allocate(step, address, size, this.paths.numberOf(index, stack), this.#log);
  }

  #free(space: SpaceLife | undefined, step: number, address: number, size: number): void {
    if (size > 0 && isExact(address, size)) space?.free(step, at(0, address), size, this.#log);
  }

  #declared(index: number, event: SpaceEvent): void {
    const { space: number, spaceKind: kind, params } = event;
    const identity = identityOfSpace(event);
    const declared = { number, kind, name: this.#trace.nameAt(index, event.name) ?? identity, params };
    const life =
      this.#byIdentity.get(identity) ?? this.#declare(identity, declared, this.#pagesOf(identity, kind), this.#physical.known);
    life.declared = declared;
    life.declaredAt = index;
    this.#byNumber.set(number, life);
  }

  #pagesOf(identity: string, kind: SpaceEvent['spaceKind']): number | undefined {
    if (kind === 'physical') return this.#start.pages;
    // Events that are missing can have used the space before it was declared.
    if (this.#start.known && !this.#physical.known) return undefined;
    return kind === 'virtual-memory' || kind === 'region' ? this.#start.pagesOf(identity) : undefined;
  }

  #declare(identity: string, declared: SpaceLife['declared'], pages: number | undefined, known: boolean): SpaceLife {
    const space = new SpaceLife(identity, declared, pages ?? NO_PAGES, this.#start.known && known);
    this.#spaces.push(space);
    this.#byIdentity.set(identity, space);
    return space;
  }
}
