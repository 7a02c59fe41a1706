import type { FindingCode } from '../core/findings.ts';
import { formatCount, formatCounted } from '../core/format.ts';
import { type EventKind, isStep, type TraceEvent, type TraceHeader } from './events.ts';
import { numberOfKind } from './format/event-fields.ts';
import type { TraceFinding, TraceSink } from './format/trace-sink.ts';
import { Messages } from './messages.ts';
import { NumberList } from './number-list.ts';
import { StepNumbers } from './step-numbers.ts';
import { Touches } from './touches.ts';
import { VersionedMap } from './versioned-map.ts';

/** Maximum events and bytes of a page. The events of a page are decoded together when one of them is requested. */
const PAGE_EVENTS = 256;
const PAGE_BYTES = 65_536;
/** Maximum findings about the order of messages. */
const MAX_ORDER_FINDINGS = 1000;

export type SpaceEvent = Extract<TraceEvent, { kind: 'space' }>;
export type StackEvent = Extract<TraceEvent, { kind: 'stack' }>;

/**
 * The definitions by one header and the events up to the next header. If a number is defined several times, the latest definition
 * before an event counts.
 */
export interface Segment {
  readonly header: TraceHeader;
  /** Byte offset of the header in the file. */
  readonly offset: number;
  /** The number of the event after the header, and the number of steps before it. */
  readonly firstEvent: number;
  readonly stepsBefore: number;
  readonly names: VersionedMap<string>;
  readonly stacks: VersionedMap<StackEvent>;
  readonly spaces: VersionedMap<SpaceEvent>;
  /** The ids of the names of messages. */
  readonly messageNames: ReadonlySet<number>;
}

interface OpenSegment extends Segment {
  readonly messageNames: Set<number>;
}

/**
 * The result of one pass over a trace's file: the kind of every event, where to read it again, and the definitions and messages.
 */
export class TraceIndex implements TraceSink {
  readonly segments: OpenSegment[] = [];
  readonly findings: TraceFinding[];
  readonly messages = new Messages();
  /** The ranges that events touch. */
  readonly touches: Touches;
  /** The kind's number of each event. */
  readonly kinds = NumberList.bytes();
  /** The number of steps up to and including each event. */
  readonly steps = new StepNumbers();
  /** The byte offset and the first event of each page. */
  readonly pageStarts = NumberList.counts();
  readonly pageFirsts = NumberList.counts();
  readonly stepCounts = new Map<EventKind, number>();
  /** True if the physical memory itself was recorded. Then virtual memories are read from it and not built. */
  physical = false;
  /** Number of events of kinds from later versions. */
  unknownEvents = 0;
  /** End of the readable part, in bytes. */
  end = 0;
  /** True if damage ended the reading. */
  stopped = false;
  readonly #sound: boolean;
  /** Number of findings about the order of messages. */
  #orderFindings = 0;

  constructor(earlier: readonly TraceFinding[] = [], indexLimit?: number) {
    this.touches = new Touches(indexLimit);
    this.findings = [...earlier];
    this.#sound = earlier.length === 0;
  }

  /** True if everything was read. */
  get complete(): boolean {
    return this.#sound && !this.stopped;
  }

  get count(): number {
    return this.kinds.length;
  }

  get stepCount(): number {
    return this.steps.steps;
  }

  header(header: TraceHeader, offset: number): void {
    const place = { offset, firstEvent: this.count, stepsBefore: this.stepCount };
    this.messages.close(this.count);
    this.segments.push({
      header,
      ...place,
      names: new VersionedMap(),
      stacks: new VersionedMap(),
      spaces: new VersionedMap(),
      messageNames: new Set(),
    });
  }

  event(event: TraceEvent, offset: number): void {
    const segment = this.segments.at(-1);
    if (!segment) return;
    const { pageStarts, pageFirsts } = this;
    const page = pageStarts.length - 1;
    if (page === -1 || this.count - pageFirsts.at(page) >= PAGE_EVENTS || offset - pageStarts.at(page) >= PAGE_BYTES) {
      pageStarts.push(offset);
      pageFirsts.push(this.count);
    }
    const step = isStep(event);
    if (step) this.stepCounts.set(event.kind, (this.stepCounts.get(event.kind) ?? 0) + 1);
    this.#note(event, segment, offset);
    this.touches.add(this.count, event);
    this.steps.add(step);
    this.kinds.push(numberOfKind(event.kind));
  }

  unknown(): void {
    this.unknownEvents++;
  }

  problem(code: FindingCode, offset: number, message: string): void {
    this.findings.push({ code, offset, step: this.stepCount, message });
    this.stopped = true;
  }

  /** Reports an invalid order of messages. */
  #reportOrder(offset: number, message: string | undefined): void {
    if (message === undefined || this.#orderFindings === MAX_ORDER_FINDINGS) return;
    this.#orderFindings++;
    this.findings.push({ code: 'trace.message-order', offset, step: this.stepCount, message });
  }

  #note(event: TraceEvent, segment: OpenSegment, offset: number): void {
    switch (event.kind) {
      case 'string':
        segment.names.set(event.id, this.count, event.text);
        break;
      case 'stack':
        segment.stacks.set(event.id, this.count, event);
        break;
      case 'space':
        segment.spaces.set(event.space, this.count, event);
        break;
      case 'begin':
        this.#reportOrder(offset, this.messages.begin(event.message, this.count));
        segment.messageNames.add(event.name);
        break;
      case 'end':
        this.#reportOrder(offset, this.messages.end(event.message, this.count, isStep(event)));
        break;
      case 'grow':
      case 'write':
        if (event.space === 0) this.physical = true;
        break;
      case 'gap':
        this.findings.push({
          code: 'trace.gap',
          offset,
          step: this.stepCount,
          message: `The recorder lost ${formatCounted(event.lost, 'event')} after step ${formatCount(this.stepCount)}.`,
        });
    }
  }
}
