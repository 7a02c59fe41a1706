import type { Sliced } from '../../core/slices.ts';
import type { EventKind, TraceEvent } from '../events.ts';
import type { Trace } from '../trace.ts';
import { type HighWaterMark, highWaterMark, shortLivedBlocks } from './lifetimes/block-questions.ts';
import { type EventReader, readEvents } from './lifetimes/event-reader.ts';
import { LifetimesReader } from './lifetimes/lifetimes.ts';
import { MessageNames } from './lifetimes/message-names.ts';

/** Blocks that were allocated, including those of undone messages. */
interface Allocated {
  readonly blocks: number;
  readonly bytes: number;
  /** Blocks that were freed by the message that allocated them. */
  readonly temporary: number;
}

/** The sums over the messages with one name. */
interface MessageTotals extends Allocated {
  /** `update addMessage` */
  readonly name: string;
  readonly messages: number;
  readonly steps: number;
}

/** The most that an allocator uses. */
export interface SpaceTotals {
  /** `memory blocks of region 16` */
  readonly space: string;
  /** Bytes that were ever allocated, at the end. */
  readonly size: number;
  readonly highWater: HighWaterMark;
}

/** A trace in a few figures. */
export interface TraceTotals {
  readonly steps: number;
  readonly messages: number;
  /** The number of steps of each kind. */
  readonly events: Readonly<Partial<Record<EventKind, number>>>;
  readonly allocated: Allocated;
  readonly spaces: readonly SpaceTotals[];
  /** The names that allocate most bytes are first. */
  readonly byMessage: readonly MessageTotals[];
}

/** Adds up what a trace does, in one pass over its events. */
export function* totalsOf(trace: Trace): Sliced<TraceTotals> {
  const names = new MessageNames(trace);
  const reader = new TotalsReader(trace, names);
  const lives = new LifetimesReader(trace);
  yield* readEvents(trace, [reader, lives]);
  const { spaces, steps } = lives.finished();
  const used: SpaceTotals[] = [];
  for (const { identity, records, sizes } of spaces) {
    if (records.count === 0) continue;
    used.push({ space: identity, size: sizes.last, highWater: yield* highWaterMark(records, steps) });
    const { byMessage } = yield* shortLivedBlocks(trace, records, names);
    for (const { label, blocks } of byMessage) reader.of(label).temporary += blocks;
  }
  const byMessage = [...reader.byName.values()].sort((left, right) => right.bytes - left.bytes || right.steps - left.steps);
  const allocated = { blocks: 0, bytes: 0, temporary: 0 };
  for (const { blocks, bytes, temporary } of byMessage) {
    allocated.blocks += blocks;
    allocated.bytes += bytes;
    allocated.temporary += temporary;
  }
  const { count } = trace.messages;
  return {
    steps: trace.steps,
    messages: count,
    events: Object.fromEntries(trace.stepCounts),
    allocated,
    spaces: used,
    byMessage,
  };
}

type Counts = { -readonly [Key in keyof MessageTotals]: MessageTotals[Key] };

/** Counts what the messages of each name do. */
class TotalsReader implements EventReader {
  readonly byName = new Map<string, Counts>();
  readonly #trace: Trace;
  readonly #names: MessageNames;
  #begun = 0;

  constructor(trace: Trace, names: MessageNames) {
    this.#trace = trace;
    this.#names = names;
  }

  of(name: string): Counts {
    const known = this.byName.get(name);
    if (known) return known;
    const counts: Counts = { name, messages: 0, steps: 0, blocks: 0, bytes: 0, temporary: 0 };
    this.byName.set(name, counts);
    return counts;
  }

  read(index: number, event: TraceEvent): void {
    if (event.kind === 'begin') {
      this.of(this.#names.nameOf(this.#names.numberOf(this.#begun))).messages += 1;
      this.#begun += 1;
    }
    if (!this.#trace.isStep(index)) return;
    const counts = this.of(this.#names.nameOf(this.#names.numberAt(this.#trace.stepOf(index))));
    counts.steps += 1;
    if (event.kind !== 'allocate' && event.kind !== 'reallocate') return;
    counts.blocks += 1;
    counts.bytes += event.size;
  }
}
