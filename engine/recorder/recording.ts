import { formatCount } from '../core/format.ts';
import type { Address } from '../core/memory/memory.ts';
import type { MessageKind, Outcome, TraceEvent, TraceHeader } from '../trace/events.ts';
import { isStep } from '../trace/events.ts';
import type { TraceWriter } from '../trace/format/writer.ts';
import { Stop } from './limits.ts';

/** The physical stable memory. */
const SPACE = 0;

/** A trace that is being written. */
export class Recording {
  readonly #writer: TraceWriter;
  readonly #maxEvents: number;
  readonly #names = new Map<string, number>();
  /** Numbers of call stacks, by the number of the caller's stack and the function's name. */
  readonly #stacks = new Map<string, number>();
  #messages = 0;
  #steps = 0;
  #events = 0;

  /** `maxEvents`: after so many events the recording stops. */
  constructor(writer: TraceWriter, header: TraceHeader, maxEvents: number) {
    this.#writer = writer;
    this.#maxEvents = maxEvents;
    writer.header(header);
  }

  get messages(): number {
    return this.#messages;
  }

  get steps(): number {
    return this.#steps;
  }

  get events(): number {
    return this.#events;
  }

  /** Begins a message, within the open one if there is one. Returns its number. */
  begin(messageKind: MessageKind, name: string, time: bigint): number {
    const message = this.#messages;
    this.#messages += 1;
    this.#write({ kind: 'begin', message, messageKind, name: this.#nameOf(name), time, instructions: undefined });
    return message;
  }

  end(message: number, outcome: Outcome, text?: string): void {
    const name = text === undefined ? undefined : this.#nameOf(text);
    this.#write({ kind: 'end', message, outcome, time: undefined, instructions: undefined, text: name });
  }

  grow(by: number, before: number): void {
    this.#write({ kind: 'grow', space: SPACE, by, before });
  }

  /** `bytes` are written at once and not kept. */
  write(address: Address, bytes: Uint8Array, stack: number | undefined): void {
    this.#write({ kind: 'write', space: SPACE, address, bytes, stack });
  }

  read(address: Address, length: number, stack: number | undefined): void {
    this.#write({ kind: 'read', space: SPACE, address, length, stack });
  }

  note(text: string): void {
    this.#write({ kind: 'note', text });
  }

  /** Returns the number of a call stack. `functions`: their names, outermost first. */
  stackOf(functions: readonly string[]): number {
    let stack = 0;
    for (const name of functions) {
      const key = `${stack} ${name}`;
      let inner = this.#stacks.get(key);
      if (inner === undefined) {
        inner = this.#stacks.size + 1;
        this.#stacks.set(key, inner);
        this.#write({ kind: 'stack', id: inner, parent: stack, name: this.#nameOf(name), location: undefined });
      }
      stack = inner;
    }
    return stack;
  }

  #nameOf(text: string): number {
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    const id = this.#names.size + 1;
    this.#names.set(text, id);
    this.#write({ kind: 'string', id, text });
    return id;
  }

  /** @throws Stop if there are too many events. Ends of messages are always written. */
  #write(event: TraceEvent): void {
    if (this.#events >= this.#maxEvents && event.kind !== 'end' && event.kind !== 'string')
      throw new Stop(
        `The recording stopped: the trace reached its limit of ${formatCount(this.#maxEvents)} events. Raise it with --max-events.`,
      );
    this.#events += 1;
    if (isStep(event)) this.#steps += 1;
    this.#writer.event(event);
  }
}
