import type { FindingCode } from '../core/findings.ts';
import { formatCount, formatCounted } from '../core/format.ts';
import { type EventKind, isStep, type TraceEvent, type TraceHeader } from './events.ts';
import { numberOfKind } from './format/event-fields.ts';
import type { TraceFinding, TraceSink } from './format/trace-sink.ts';
import { Messages } from './messages.ts';
import { NumberList } from './number-list.ts';
import { VersionedMap } from './versioned-map.ts';

/** Events that are decoded together when one of them is asked for: at most so many, or as many as begin in so many bytes. */
const PAGE_EVENTS = 256;
const PAGE_BYTES = 65_536;
/** Findings about the order of messages that are told at most. */
const MAX_TOLD = 1000;

export type SpaceEvent = Extract<TraceEvent, { kind: 'space' }>;
export type StackEvent = Extract<TraceEvent, { kind: 'stack' }>;

/** What one header and the events up to the next one define. Of several definitions of one number the latest before an event counts. */
export interface Segment {
  readonly header: TraceHeader;
  /** Where the header stands in the file. */
  readonly offset: number;
  /** The number of the event that follows the header, and how many steps came before it. */
  readonly firstEvent: number;
  readonly stepsBefore: number;
  readonly names: VersionedMap<string>;
  readonly stacks: VersionedMap<StackEvent>;
  readonly spaces: VersionedMap<SpaceEvent>;
  /** The numbers of the names that messages have. */
  readonly messageNames: ReadonlySet<number>;
}

interface OpenSegment extends Segment {
  readonly messageNames: Set<number>;
}

/** What one pass over a trace's file keeps: what every event is, where to read it again, and what names and groups events. */
export class TraceIndex implements TraceSink {
  readonly segments: OpenSegment[] = [];
  readonly findings: TraceFinding[];
  readonly messages = new Messages();
  /** By event, the number of its kind. */
  readonly kinds = NumberList.bytes();
  /** By event, how many steps there are up to it, itself included. */
  readonly steps = NumberList.counts();
  /** Where each page of events begins in the file, and with which event. */
  readonly pageStarts = NumberList.offsets();
  readonly pageFirsts = NumberList.counts();
  readonly stepCounts = new Map<EventKind, number>();
  /** Whether the physical memory itself was recorded: then virtual memories are seen in it, and not put together. */
  physical = false;
  /** Events of kinds that only later versions know. */
  unknownEvents = 0;
  /** Where the readable part ends. */
  end = 0;
  /** Whether a damaged piece ended the reading. */
  stopped = false;
  readonly #sound: boolean;
  /** How often the order of messages was told of. */
  #told = 0;

  constructor(earlier: readonly TraceFinding[] = []) {
    this.findings = [...earlier];
    this.#sound = earlier.length === 0;
  }

  /** Whether everything was read. */
  get complete(): boolean {
    return this.#sound && !this.stopped;
  }

  get count(): number {
    return this.kinds.length;
  }

  get stepCount(): number {
    return this.count === 0 ? 0 : this.steps.at(this.count - 1);
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
    this.steps.push(this.stepCount + (step ? 1 : 0));
    this.kinds.push(numberOfKind(event.kind));
  }

  unknown(): void {
    this.unknownEvents++;
  }

  problem(code: FindingCode, offset: number, message: string): void {
    this.findings.push({ code, offset, step: this.stepCount, message });
    this.stopped = true;
  }

  /** What makes no sense in the order of messages. */
  #tell(offset: number, message: string | undefined): void {
    if (message === undefined || this.#told === MAX_TOLD) return;
    this.#told++;
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
        this.#tell(offset, this.messages.begin(event.message, this.count));
        segment.messageNames.add(event.name);
        break;
      case 'end':
        this.#tell(offset, this.messages.end(event.message, this.count, isStep(event)));
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
