import { toHex } from '../../../engine/core/format.ts';
import { exactAddress, exactOldAddress, type TraceEvent } from '../../../engine/trace/events.ts';
import { spaceOf } from '../../../engine/trace/format/event-fields.ts';
import { identityOf } from '../../../engine/trace/state/allocation-state.ts';
import type { Trace } from '../../../engine/trace/trace.ts';
import type { SpaceEvent } from '../../../engine/trace/trace-index.ts';
import { MAX_SHOWN } from '../values/event-values.ts';
import { messageAt, messageValue } from '../values/message-values.ts';
import { OPERATIONS } from '../values/step-scope.ts';
import { type Field, lazy, NOTHING, type Plain, type Value } from '../values/value.ts';

/**
 * The names of expressions that need only the event of a step, and no state of the memory. It has the same values as `StepScope`, but no
 * texts of them, and it is fast at any step.
 */
export class EventScope {
  readonly #trace: Trace;
  readonly #fields: readonly Field[];
  readonly #spaces = new Map<SpaceEvent, Value>();
  #step = 0;
  #index = 0;
  #event: TraceEvent | undefined;

  constructor(trace: Trace) {
    this.#trace = trace;
    const own = (name: string, read: (event: TraceEvent) => Plain | undefined): Field =>
      lazy(name, () => plainValue(read(this.#decoded())));
    this.#fields = [
      lazy('operation', () => plainValue(trace.kindAt(this.#index))),
      lazy('space', () => this.#space()),
      own('size', sizeOf),
      own('address', (event) => ('address' in event && event.kind !== 'label' ? Number(exactAddress(event)) : undefined)),
      own('requested', (event) => (event.kind === 'allocate' ? event.requested : undefined)),
      own('oldAddress', (event) => (event.kind === 'reallocate' ? Number(exactOldAddress(event)) : undefined)),
      own('oldSize', (event) => (event.kind === 'reallocate' ? event.oldSize : undefined)),
      own('pages', (event) => (event.kind === 'grow' ? event.by : undefined)),
      own('bytes', (event) => (event.kind === 'write' ? toHex(event.bytes.subarray(0, MAX_SHOWN)) : undefined)),
      lazy('step', () => plainValue(this.#step)),
      lazy('message', () => {
        const message = messageAt(trace, this.#step);
        return message ? messageValue(message) : NOTHING;
      }),
      { name: 'steps', value: plainValue(trace.steps) },
      ...OPERATIONS.map((kind) => ({ name: kind, value: plainValue(kind) })),
    ];
  }

  /** Returns true if it has all of these names. */
  has(names: readonly string[]): boolean {
    return names.every((name) => this.#fields.some((field) => field.name === name));
  }

  /** Returns the root value of expressions at a step. It is valid until the next call. */
  rootAt(step: number, index: number): Value {
    this.#step = step;
    this.#index = index;
    this.#event = undefined;
    return { text: '', fields: () => this.#fields };
  }

  #space(): Value {
    const space = spaceOf(this.#decoded());
    if (space === undefined) return NOTHING;
    if (space === 0) return spaceValue('physical memory', 'physical', 0);
    const { steps, count } = this.#trace;
    const last = this.#step < steps ? this.#trace.eventOf(this.#step + 1) - 1 : count - 1;
    const declared = this.#trace.spaceAt(last, space);
    if (!declared) return NOTHING;
    const known = this.#spaces.get(declared);
    if (known) return known;
    const { spaceKind, params, name } = declared;
    const identity = identityOf(spaceKind, params) ?? `${spaceKind} with the number ${space}`;
    const value = spaceValue(this.#trace.nameAt(last, name) ?? identity, spaceKind, space);
    this.#spaces.set(declared, value);
    return value;
  }

  #decoded(): TraceEvent {
    this.#event ??= this.#trace.at(this.#index);
    return this.#event;
  }
}

function sizeOf(event: TraceEvent): number | undefined {
  switch (event.kind) {
    case 'write':
      return event.bytes.length;
    case 'read':
      return event.length;
    case 'allocate':
    case 'deallocate':
    case 'reallocate':
      return event.size;
    default:
      return undefined;
  }
}

function spaceValue(name: string, kind: string, space: number): Value {
  const fields = [
    { name: 'kind', value: plainValue(kind) },
    { name: 'number', value: plainValue(space) },
  ];
  return { text: '', plain: name, fields: () => fields };
}

function plainValue(plain: Plain | undefined): Value {
  return plain === undefined ? NOTHING : { text: '', plain };
}
