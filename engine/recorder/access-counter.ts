import type { Address } from '../core/memory/memory.ts';
import type { MessageKind, TraceEvent, TraceHeader } from '../trace/events.ts';
import type { TraceWriter } from '../trace/format/writer.ts';

/** A read or a write of stable memory. */
export interface Access {
  readonly kind: 'read' | 'write';
  readonly address: Address;
  readonly length: number;
}

/** The accesses of stable memory by one message. */
export interface MessageAccesses {
  readonly kind: MessageKind;
  readonly reads: number;
  readonly bytesRead: number;
  readonly writes: number;
  readonly bytesWritten: number;
  /** Pages that were added. */
  readonly grown: number;
  readonly last: Access | undefined;
  /** The access before the last. */
  readonly before: Access | undefined;
}

type Counting = { -readonly [Field in keyof MessageAccesses]: MessageAccesses[Field] };

/** Counts what each message of a trace does, and passes the trace on. */
export class AccessCounter implements TraceWriter {
  readonly #next: TraceWriter | undefined;
  readonly #messages: Counting[] = [];
  readonly #open: Counting[] = [];

  constructor(next: TraceWriter | undefined) {
    this.#next = next;
  }

  /** The messages in the order in which they began. */
  get messages(): readonly MessageAccesses[] {
    return this.#messages;
  }

  header(header: TraceHeader): void {
    this.#next?.header(header);
  }

  event(event: TraceEvent): void {
    this.#count(event);
    this.#next?.event(event);
  }

  finish(): void {
    this.#next?.finish();
  }

  #count(event: TraceEvent): void {
    const message = this.#open.at(-1);
    switch (event.kind) {
      case 'begin': {
        const begun = {
          kind: event.messageKind,
          reads: 0,
          bytesRead: 0,
          writes: 0,
          bytesWritten: 0,
          grown: 0,
          last: undefined,
          before: undefined,
        };
        this.#messages.push(begun);
        this.#open.push(begun);
        break;
      }
      case 'end':
        this.#open.pop();
        break;
      case 'grow':
        if (message && event.before >= 0) message.grown += event.by;
        break;
      case 'read':
        if (!message) break;
        message.reads += 1;
        message.bytesRead += event.length;
        message.before = message.last;
        message.last = { kind: 'read', address: event.address, length: event.length };
        break;
      case 'write':
        if (!message) break;
        message.writes += 1;
        message.bytesWritten += event.bytes.length;
        message.before = message.last;
        message.last = { kind: 'write', address: event.address, length: event.bytes.length };
        break;
      default:
    }
  }
}
