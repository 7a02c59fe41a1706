import { LRUCache } from 'lru-cache';
import type { ByteSource } from '../core/memory/source.ts';
import type { EventKind, SpaceNumber, TraceEvent } from './events.ts';
import { kindOfNumber, numberOfKind } from './format/event-fields.ts';
import type { TraceFinding, TraceScanner } from './format/trace-sink.ts';
import type { Messages } from './messages.ts';
import type { Touches } from './touches.ts';
import type { Segment, SpaceEvent, StackEvent, TraceIndex } from './trace-index.ts';

/** Maximum size of cached pages, in bytes, and the approximate size of a decoded event. */
const CACHED_BYTES = 8 * 1024 * 1024;
const EVENT_BYTES = 256;

/** Bytes of a page that are read first. Most pages are smaller. */
const FIRST_WINDOW = 256 * 1024;

/** Bytes that are read at a time in a scan. */
const SCAN_WINDOW = 64 * 1024;

/** Events that an iteration reads together. */
const READ_TOGETHER = 4_096;

/** Events that are taken from the cache of decoded events, and not read again. */
const FEW = 1_024;

/** Receives what a second reading of events has no use for. */
const IGNORING = { header: (): void => undefined, unknown: (): void => undefined, problem: (): void => undefined };

interface EventPage {
  readonly events: readonly TraceEvent[];
  /** Byte offset of each event in the file. */
  readonly offsets: readonly number[];
}

/**
 * An open trace, made by `readTrace`. Its events count from 0 and its steps from 1. Events are decoded on demand, by pages; the
 * data kept for all events is small.
 */
export class Trace {
  readonly messages: Messages;
  /** The ranges that events touch. */
  readonly touches: Touches;
  /** One segment for each header, in the file's order. Empty if the file is not a trace. */
  readonly segments: readonly Segment[];
  /** Number of events that could be read. */
  readonly count: number;
  readonly steps: number;
  /** Number of events of kinds from later versions. */
  readonly skipped: number;
  /** True if the file was read to its end. */
  readonly complete: boolean;
  readonly findings: readonly TraceFinding[];
  /** Number of steps of each kind. */
  readonly stepCounts: ReadonlyMap<EventKind, number>;
  /** True if the physical memory itself was recorded. */
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
    this.touches = index.touches;
    this.segments = index.segments;
    this.count = index.count;
    this.steps = index.stepCount;
    this.skipped = index.unknownEvents;
    this.complete = index.complete;
    this.findings = index.findings;
    this.stepCounts = index.stepCounts;
    this.physical = index.physical;
  }

  /**
   * Returns event `index`, which must be below `count`. Do not change the bytes of a write, which belong to the trace. @throws
   * RangeError if there is no such event.
   */
  at(index: number): TraceEvent {
    const page = this.#pageOf(index);
    const event = page.events[index - this.#index.pageFirsts.at(this.#last)];
    if (!event) throw new RangeError(`The trace has ${this.count} events, but no event ${index}.`);
    return event;
  }

  /** Returns the events from number `from` up to, but not including, `to`. Keeps none of them, like `scan`. */
  *events(from = 0, to = this.count): Generator<TraceEvent, void, undefined> {
    for (let start = from; start < to; start += READ_TOGETHER) {
      const events: TraceEvent[] = [];
      this.scan(start, Math.min(to, start + READ_TOGETHER), (event) => events.push(event));
      yield* events;
    }
  }

  /** Passes events on like `scan`. Few of them are kept for the next time, because they are often visited again. */
  visit(from: number, to: number, visit: (event: TraceEvent, index: number) => void): void {
    if (to - from > FEW) this.scan(from, to, visit);
    else for (let index = from; index < to; index++) visit(this.at(index), index);
  }

  /**
   * Passes the events from number `from` up to, but not including, `to` on to `visit`. Keeps none of them, so that many are read fast
   * and in little memory.
   */
  scan(from: number, to: number, visit: (event: TraceEvent, index: number) => void): void {
    if (from >= to) return;
    const first = this.#index.pageFirsts.rank(from) - 1;
    const last = this.#index.pageFirsts.rank(to - 1) - 1;
    let index = this.#index.pageFirsts.at(first);
    let offset = this.#index.pageStarts.at(first);
    const end = this.#endOfPage(last);
    const sink = {
      ...IGNORING,
      event: (event: TraceEvent) => {
        if (index >= from && index < to) visit(event, index);
        index += 1;
      },
    };
    for (let window = SCAN_WINDOW; index < to; ) {
      const bytes = new Uint8Array(Math.min(window, end - offset));
      this.#source.read(offset, bytes);
      const { used } = this.#scanner.scan(bytes, offset, offset + bytes.length === end, sink);
      if (used === 0 && offset + bytes.length === end) return;
      // If not even one item was complete, it is larger than the window.
      window = used === 0 ? 4 * window : SCAN_WINDOW;
      offset += used;
    }
  }

  kindAt(index: number): EventKind {
    return kindOfNumber(this.#index.kinds.at(index)) ?? 'note';
  }

  /** Returns true if the event is of this kind. Decodes nothing. */
  isKind(index: number, kind: EventKind): boolean {
    return this.#index.kinds.at(index) === numberOfKind(kind);
  }

  isStep(index: number): boolean {
    return this.#index.steps.isStep(index);
  }

  /** Returns the step of an event. For an event that is not a step, returns the step before it, or 0. */
  stepOf(index: number): number {
    return this.#index.steps.upTo(index);
  }

  /** Returns the event of a step, from 1 to `steps`. */
  eventOf(step: number): number {
    return this.#index.steps.eventOf(step);
  }

  /** Returns the byte offset of an event in the file. */
  offsetOf(index: number): number {
    const page = this.#pageOf(index);
    return page.offsets[index - this.#index.pageFirsts.at(this.#last)] ?? 0;
  }

  /** Returns the segment of an event: its header and the definitions under it. */
  segmentOf(index: number): Segment | undefined {
    const { segments } = this;
    // If several headers are adjacent, the last one counts.
    let low = 1;
    let high = segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((segments[middle]?.firstEvent ?? 0) <= index) low = middle + 1;
      else high = middle;
    }
    return segments[low - 1];
  }

  /** Returns true if a header is directly before the event. */
  beginsSegment(index: number): boolean {
    return this.segmentOf(index)?.firstEvent === index;
  }

  /** Returns the name with a number at an event. A later definition is better than none. Returns undefined if there is none. */
  nameAt(index: number, name: number): string | undefined {
    const names = this.segmentOf(index)?.names;
    return names?.at(name, index) ?? names?.get(name);
  }

  /** Returns the declaration of a space at an event. Returns undefined for the physical memory and for undeclared spaces. */
  spaceAt(index: number, space: SpaceNumber): SpaceEvent | undefined {
    return this.segmentOf(index)?.spaces.at(space, index);
  }

  /** Returns the functions of a recorded call stack, innermost first. */
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
    // The next event is usually on the same page as the previous one.
    if (last >= 0 && index >= pageFirsts.at(last) && index - pageFirsts.at(last) < this.#lastPage.events.length) {
      return this.#lastPage;
    }
    this.#last = pageFirsts.rank(index) - 1;
    this.#lastPage = this.#pages.get(this.#last) ?? this.#readPage(this.#last);
    return this.#lastPage;
  }

  /** Reads a page up to its last event. After that it can have much other content, such as empty lines. */
  #readPage(page: number): EventPage {
    const { pageStarts, pageFirsts } = this.#index;
    const start = pageStarts.at(page);
    const length = Math.max(0, this.#endOfPage(page) - start);
    const count = (page + 1 === pageStarts.length ? this.count : pageFirsts.at(page + 1)) - pageFirsts.at(page);
    const events: TraceEvent[] = [];
    const offsets: number[] = [];
    const bytes = this.#scanPage(start, length, count, events, offsets);
    const read = { events, offsets };
    this.#pages.set(page, read, { size: bytes + events.length * EVENT_BYTES });
    return read;
  }

  /** Returns the byte offset of the end of a page. */
  #endOfPage(page: number): number {
    const { pageStarts, end } = this.#index;
    return page + 1 === pageStarts.length ? end : pageStarts.at(page + 1);
  }

  /** Scans a page. Returns the number of bytes read. */
  #scanPage(start: number, length: number, count: number, events: TraceEvent[], offsets: number[]): number {
    for (let window = FIRST_WINDOW; ; window *= 4) {
      const bytes = new Uint8Array(Math.min(window, length));
      this.#source.read(start, bytes);
      events.length = 0;
      offsets.length = 0;
      this.#scanner.scan(bytes, start, bytes.length === length, {
        ...IGNORING,
        event: (event, offset) => {
          events.push(event);
          offsets.push(offset);
        },
      });
      if (events.length >= count || bytes.length === length) return bytes.length;
    }
  }
}
