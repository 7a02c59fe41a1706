import { LRUCache } from 'lru-cache';
import type { ByteSource } from '../core/memory/source.ts';
import type { EventKind, SpaceNumber, TraceEvent } from './events.ts';
import { kindOfNumber, numberOfKind } from './format/event-fields.ts';
import type { TraceFinding, TraceScanner } from './format/trace-sink.ts';
import type { Messages } from './messages.ts';
import type { Segment, SpaceEvent, StackEvent, TraceIndex } from './trace-index.ts';

/** Decoded events that are kept, by the bytes that they were decoded from. */
const CACHED_BYTES = 16 * 1024 * 1024;

/** What is read of a page of events first; most pages are smaller. */
const FIRST_WINDOW = 256 * 1024;

interface EventPage {
  readonly events: readonly TraceEvent[];
  /** Where each event stands in the file. */
  readonly offsets: readonly number[];
}

/**
 * A trace that was read: its events by number, counted from 0, and its steps, counted from 1. Events are decoded when asked for, by
 * pages; what is kept of all of them is small. What `readTrace` makes.
 */
export class Trace {
  readonly messages: Messages;
  /** One for each header, in the file's order. Empty where the file is no trace. */
  readonly segments: readonly Segment[];
  /** Number of events that could be read. */
  readonly count: number;
  readonly steps: number;
  /** Events of kinds that only later versions know. */
  readonly skipped: number;
  /** Whether the file was read to its end. */
  readonly complete: boolean;
  readonly findings: readonly TraceFinding[];
  /** How many steps there are of each kind. */
  readonly stepCounts: ReadonlyMap<EventKind, number>;
  /** Whether the physical memory itself was recorded. */
  readonly physical: boolean;
  readonly #source: ByteSource;
  readonly #scanner: TraceScanner;
  readonly #index: TraceIndex;
  readonly #pages = new LRUCache<number, EventPage>({ max: 1024, maxSize: CACHED_BYTES });
  #last = -1;
  #lastPage: EventPage = { events: [], offsets: [] };

  constructor(source: ByteSource, scanner: TraceScanner, index: TraceIndex) {
    this.#source = source;
    this.#scanner = scanner;
    this.#index = index;
    this.messages = index.messages;
    this.segments = index.segments;
    this.count = index.count;
    this.steps = index.stepCount;
    this.skipped = index.unknownEvents;
    this.complete = index.complete;
    this.findings = index.findings;
    this.stepCounts = index.stepCounts;
    this.physical = index.physical;
  }

  /** Event `index`, which must lie below `count`. The bytes of a write belong to the trace: do not change them. */
  at(index: number): TraceEvent {
    const page = this.#pageOf(index);
    const event = page.events[index - this.#index.pageFirsts.at(this.#last)];
    if (!event) throw new RangeError(`The trace has ${this.count} events; number ${index} is none of them.`);
    return event;
  }

  /** Events from number `from` up to, not including, `to`. */
  *events(from = 0, to = this.count): Generator<TraceEvent, void, undefined> {
    for (let index = from; index < to; index++) yield this.at(index);
  }

  kindAt(index: number): EventKind {
    return kindOfNumber(this.#index.kinds.at(index)) ?? 'note';
  }

  /** Whether the event is of this kind; nothing is decoded for it. */
  isKind(index: number, kind: EventKind): boolean {
    return this.#index.kinds.at(index) === numberOfKind(kind);
  }

  isStep(index: number): boolean {
    return this.stepOf(index) > (index === 0 ? 0 : this.stepOf(index - 1));
  }

  /** The step that the event is; for an event that is none, the step before it, 0 where there is none. */
  stepOf(index: number): number {
    return this.#index.steps.at(index);
  }

  /** The event that step `step`, from 1 to `steps`, is. */
  eventOf(step: number): number {
    return this.#index.steps.rank(step - 1);
  }

  /** Where event `index` stands in the file, in bytes. */
  offsetOf(index: number): number {
    const page = this.#pageOf(index);
    return page.offsets[index - this.#index.pageFirsts.at(this.#last)] ?? 0;
  }

  /** The header that the event stands under, and what was defined under it. */
  segmentOf(index: number): Segment | undefined {
    const { segments } = this;
    // Of headers that follow each other at once the last counts.
    let low = 1;
    let high = segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((segments[middle]?.firstEvent ?? 0) <= index) low = middle + 1;
      else high = middle;
    }
    return segments[low - 1];
  }

  /** Whether a header stands right before the event. */
  beginsSegment(index: number): boolean {
    return this.segmentOf(index)?.firstEvent === index;
  }

  /** The name with this number, at the event; one that is given only later is better than none. Undefined where none is given. */
  nameAt(index: number, name: number): string | undefined {
    const names = this.segmentOf(index)?.names;
    return names?.at(name, index) ?? names?.get(name);
  }

  /** What the number of a space stands for, at the event; undefined for the physical memory and where nothing says it. */
  spaceAt(index: number, space: SpaceNumber): SpaceEvent | undefined {
    return this.segmentOf(index)?.spaces.at(space, index);
  }

  /** The functions of a recorded call stack, innermost first. */
  stackAt(index: number, stack: number): readonly StackEvent[] {
    const stacks = this.segmentOf(index)?.stacks;
    const frames = new Set<StackEvent>();
    for (let id = stack; id !== 0; ) {
      const frame = stacks?.at(id, index);
      if (!frame || frames.has(frame)) break;
      frames.add(frame);
      id = frame.parent;
    }
    return [...frames];
  }

  #pageOf(index: number): EventPage {
    const { pageFirsts } = this.#index;
    const last = this.#last;
    // The next event is most often on the page that gave the one before.
    if (last >= 0 && index >= pageFirsts.at(last) && index - pageFirsts.at(last) < this.#lastPage.events.length) {
      return this.#lastPage;
    }
    this.#last = pageFirsts.rank(index) - 1;
    this.#lastPage = this.#pages.get(this.#last) ?? this.#readPage(this.#last);
    return this.#lastPage;
  }

  /** Behind its events a page can have much that is none, as empty lines: it is read only as far as its events go. */
  #readPage(page: number): EventPage {
    const { pageStarts, pageFirsts, end } = this.#index;
    const start = pageStarts.at(page);
    const isLast = page + 1 === pageStarts.length;
    const length = Math.max(0, (isLast ? end : pageStarts.at(page + 1)) - start);
    const count = (isLast ? this.count : pageFirsts.at(page + 1)) - pageFirsts.at(page);
    const events: TraceEvent[] = [];
    const offsets: number[] = [];
    const bytes = this.#scanPage(start, length, count, events, offsets);
    const read = { events, offsets };
    this.#pages.set(page, read, { size: bytes + 1 });
    return read;
  }

  /** How many bytes it took. */
  #scanPage(start: number, length: number, count: number, events: TraceEvent[], offsets: number[]): number {
    for (let window = FIRST_WINDOW; ; window *= 4) {
      const bytes = new Uint8Array(Math.min(window, length));
      this.#source.read(start, bytes);
      events.length = 0;
      offsets.length = 0;
      this.#scanner.scan(bytes, start, bytes.length === length, {
        header: () => {},
        unknown: () => {},
        problem: () => {},
        event: (event, offset) => {
          events.push(event);
          offsets.push(offset);
        },
      });
      if (events.length >= count || bytes.length === length) return bytes.length;
    }
  }
}
