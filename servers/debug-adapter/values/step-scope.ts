import { UserError } from '../../../engine/core/user-error.ts';
import type { EventKind } from '../../../engine/trace/events.ts';
import { spaceOf } from '../../../engine/trace/format/event-fields.ts';
import type { SpaceState } from '../../../engine/trace/state/allocation-state.ts';
import { isAllocator } from '../../../engine/trace/state/allocation-state.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import { AllocatorView } from './allocator-view.ts';
import { changesValue } from './change-values.ts';
import { eventFields } from './event-values.ts';
import { spaceItem, spacesValue } from './memory-values.ts';
import { countValue, type Field, lazy, NOTHING, textValue, type Value } from './value.ts';

/** Operations as names in expressions, so that `operation == allocate` needs no quotes. */
const OPERATIONS = [
  'grow',
  'write',
  'read',
  'allocate',
  'deallocate',
  'reallocate',
  'end',
] as const satisfies readonly EventKind[];

/** One group of the variables pane. */
export interface ScopePart {
  readonly name: string;
  /** The path of its values in expressions; empty for top-level names. */
  readonly path: string;
  readonly value: Value;
}

/** The values of the current step: scopes for the variables pane, names for expressions. */
export class StepScope {
  readonly #timeline: Timeline;
  readonly #allocator: AllocatorView | undefined;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
    const state = allocatorAt(timeline);
    this.#allocator = state && new AllocatorView(timeline, state);
  }

  scopes(): readonly ScopePart[] {
    const timeline = this.#timeline;
    const event = eventFields(timeline).filter((field) => field.value !== NOTHING);
    const allocator = this.#allocator;
    const several = timeline.spaces.filter(isAllocator).length > 1;
    const of = several && allocator ? `: ${allocator.state.name}` : '';
    return [
      { name: 'Event', path: '', value: { text: '', fields: () => event } },
      ...(allocator
        ? [
            { name: `Allocator${of}`, path: 'allocator', value: allocator.figures() },
            { name: `Free list${of}`, path: 'free', value: listAlone(allocator.free()) },
            { name: `Allocated blocks${of}`, path: 'live', value: listAlone(allocator.live()) },
          ]
        : []),
      { name: 'Last change', path: 'changes', value: changesValue(timeline) },
      ...(several || !allocator || timeline.memory ? [{ name: 'Spaces', path: 'spaces', value: spacesValue(timeline) }] : []),
    ];
  }

  /** The names that exist at every step. */
  get names(): readonly string[] {
    return this.#names().map((field) => field.name);
  }

  /** Returns the root value of expressions. Every name exists at every step, possibly as `NOTHING`. */
  root(): Value {
    return { text: '', fields: () => this.#names() };
  }

  #names(): readonly Field[] {
    const timeline = this.#timeline;
    const allocator = this.#allocator;
    return [
      ...eventFields(timeline),
      { name: 'steps', value: countValue(timeline.steps) },
      { name: 'allocator', value: allocator?.figures() ?? NOTHING },
      lazy('free', () => allocator?.free() ?? NOTHING),
      lazy('live', () => allocator?.live() ?? NOTHING),
      lazy('changes', () => changesValue(timeline)),
      lazy('spaces', () => spacesValue(timeline)),
      { name: 'block', value: { text: 'block(address)', call: (argument) => this.#block(argument) } },
      { name: 'memory', value: { text: 'memory(number)', call: (argument) => this.#memory(argument) } },
      ...OPERATIONS.map((kind) => ({ name: kind, value: textValue(kind) })),
    ];
  }

  #block({ plain }: Value): Value {
    if (typeof plain !== 'number') throw new UserError('input', 'block( ) takes an address, such as block(0x37d0).');
    return this.#allocator?.blockAt(plain) ?? NOTHING;
  }

  #memory({ plain }: Value): Value {
    const state = this.#timeline.spaces.find(({ params }) => params['memory'] === plain || params['region'] === plain);
    return state ? spaceItem(this.#timeline, state).value : NOTHING;
  }
}

/** Returns the allocator of the step, else the first one that the trace declares. */
function allocatorAt(timeline: Timeline): SpaceState | undefined {
  const event = timeline.event();
  const number = event && spaceOf(event);
  const own = number === undefined ? undefined : timeline.space(number);
  return own && isAllocator(own) ? own : timeline.spaces.find(isAllocator);
}

/** Returns a list without the figures, which its scope already shows. */
function listAlone({ fields: _, ...list }: Value): Value {
  return list;
}
