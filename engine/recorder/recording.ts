import { formatCount } from '../core/format.ts';
import type { Address } from '../core/memory/memory.ts';
import type { FarAddresses, MessageKind, Outcome, TraceEvent, TraceHeader } from '../trace/events.ts';
import { isStep } from '../trace/events.ts';
import type { TraceWriter } from '../trace/format/writer.ts';
import { Stop } from './limits.ts';

/** The physical stable memory. */
const SPACE = 0;

/**
 * A trace that is being written. The canister's code may use up the call stack, so that any call from here may throw. Therefore numbers
 * count only after what they count is written, and are not used twice.
 */
export class Recording {
  readonly #writer: TraceWriter;
  readonly #maxEvents: number;
  readonly #names = new Map<string, number>();
  /** Numbers of call stacks, by the number of the caller's stack and the function's name. */
  readonly #stacks = new Map<string, number>();
  #lastName = 0;
  #lastStack = 0;
  #messages = 0;
  #steps = 0;
  #events = 0;

  /** `maxEvents`: number of events after which the recording stops. */
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
    this.#write({ kind: 'begin', message, messageKind, name: this.#nameOf(name), time, instructions: undefined });
    this.#messages += 1;
    return message;
  }

  end(message: number, outcome: Outcome, text?: string): void {
    const name = text === undefined ? undefined : this.#nameOf(text);
    this.#write({ kind: 'end', message, outcome, time: undefined, instructions: undefined, text: name });
  }

  grow(by: number, before: number): void {
    this.#write({ kind: 'grow', space: SPACE, by, before });
  }

  /** `bytes` are written at once and not kept. `far`: the exact address, if a number cannot hold it. */
  write(address: Address, bytes: Uint8Array, stack: number | undefined, far?: bigint): void {
    this.#write({ kind: 'write', space: SPACE, address, bytes, stack, ...exactly(far) });
  }

  read(address: Address, length: number, stack: number | undefined, far?: bigint): void {
    this.#write({ kind: 'read', space: SPACE, address, length, stack, ...exactly(far) });
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
        const named = this.#nameOf(name);
        this.#lastStack += 1;
        inner = this.#lastStack;
        this.#write({ kind: 'stack', id: inner, parent: stack, name: named, location: undefined });
        this.#stacks.set(key, inner);
      }
      stack = inner;
    }
    return stack;
  }

  #nameOf(text: string): number {
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    this.#lastName += 1;
    const id = this.#lastName;
    this.#write({ kind: 'string', id, text });
    this.#names.set(text, id);
    return id;
  }

  /** @throws Stop if there are too many events. Ends of messages are always written. */
  #write(event: TraceEvent): void {
    if (this.#events >= this.#maxEvents && event.kind !== 'end' && event.kind !== 'string')
      throw new Stop(
        `The recording stopped: the trace reached its limit of ${formatCount(this.#maxEvents)} events. Raise it with --max-events.`,
      );
    const step = isStep(event) ? 1 : 0;
    this.#writer.event(event);
    this.#events += 1;
    this.#steps += step;
  }
}

function exactly(address: bigint | undefined): { readonly far?: FarAddresses } {
  return address === undefined ? {} : { far: { address } };
}
