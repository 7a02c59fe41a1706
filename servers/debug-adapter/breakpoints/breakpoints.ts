import type { DebugProtocol } from '@vscode/debugprotocol';
import { type Expression, parseExpression } from '../../../engine/core/expressions/expression.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import type { FaultCode, StateFaultCode } from '../../../engine/trace/analysis/faults.ts';
import { isStateFault } from '../../../engine/trace/analysis/state-faults.ts';
import type { StepPart } from '../../../engine/trace/analysis/step-parts.ts';
import type { EventKind, TraceEvent } from '../../../engine/trace/events.ts';
import { type Place as DataRange, type Direction, touching } from '../../../engine/trace/search.ts';
import type { Trace } from '../../../engine/trace/trace.ts';
import { holdsFor, namesIn } from '../expressions/evaluate.ts';
import { type EventCondition, eventCondition } from '../expressions/event-condition.ts';
import type { Value } from '../values/value.ts';
import { directionsOf } from './breakpoint-modes.ts';
import { parseHitCondition } from './hit-condition.ts';
import { type LogMessage, parseLogMessage, writeLogMessage } from './log-message.ts';

/** The steps at which a breakpoint stops. */
export type Place =
  | { readonly kind: 'step'; readonly step: number }
  /** Every step of these operations. */
  | { readonly kind: 'operation'; readonly operations: readonly EventKind[] }
  /** Every step that splits a free block, or that merges one. */
  | { readonly kind: 'part'; readonly part: StepPart['kind'] }
  /** The first step of every message of this name. */
  | { readonly kind: 'message'; readonly name: string }
  | { readonly kind: 'fault'; readonly code: FaultCode }
  /** Every step that accesses a byte of a range, as the trace records it. */
  | { readonly kind: 'data'; readonly range: DataRange; readonly access: DebugProtocol.DataBreakpointAccessType };

/** A step of a trace, and its event. */
export interface StepOfTrace {
  readonly trace: Trace;
  readonly event: TraceEvent;
  readonly step: number;
  /** The number of the event. */
  readonly index: number;
}

/** Facts about a step that breakpoints use. */
export interface StepFacts extends StepOfTrace {
  /** The parts of the step that its allocator implies. */
  readonly parts: readonly StepPart[];
  /** The name of the message that begins with this step, if any. */
  readonly messageBegun: string | undefined;
  readonly faults: readonly FaultCode[];
  /** Returns true if the step has a fault that only the memory or the state after it shows. */
  hasStateFault(code: StateFaultCode): boolean;
  /** Returns true if the step is one of `kinds` and touches a byte of the range. */
  touches(range: DataRange, kinds: readonly EventKind[]): boolean;
}

/** Kinds of events by how they access data. */
const ACCESSES: Readonly<Record<DebugProtocol.DataBreakpointAccessType, readonly EventKind[]>> = {
  write: ['write'],
  read: ['read'],
  readWrite: ['write', 'read'],
};

/** Kinds of events that change a free list. */
const CHANGING_LISTS: readonly EventKind[] = ['allocate', 'deallocate', 'reallocate', 'free'];

/** `state`: only the state of the step shows whether it stops. */
export type Decision = 'no' | 'yes' | 'state';

/** Options of a breakpoint apart from its place. */
export interface BreakpointOptions {
  readonly condition?: string | undefined;
  readonly hitCondition?: string | undefined;
  readonly logMessage?: string | undefined;
  /** The directions in which it stops: the name of a `BREAKPOINT_MODES`. */
  readonly mode?: string | undefined;
}

export interface Hit {
  readonly breakpoint: Breakpoint;
  /** The message of a log point, which does not stop. */
  readonly log: string | undefined;
}

/** One breakpoint of any kind. */
export class Breakpoint {
  readonly id: number;
  readonly place: Place;
  readonly #condition: Expression | undefined;
  readonly #directions: readonly Direction[];
  readonly #stopsAt: (hits: number) => boolean;
  readonly #log: LogMessage | undefined;
  #rule: { readonly trace: Trace; readonly rule: EventCondition | 'state' } | undefined;
  #hits = 0;

  /**
   * `names` are the names that expressions may use. @throws UserError if a condition, a hit count or a message cannot be parsed, or
   * if the mode is unknown.
   */
  constructor(
    id: number,
    place: Place,
    { condition, hitCondition, logMessage, mode }: BreakpointOptions,
    names: readonly string[],
  ) {
    this.id = id;
    this.place = place;
    this.#directions = directionsOf(mode);
    this.#condition = condition ? parseExpression(condition) : undefined;
    this.#stopsAt = hitCondition ? parseHitCondition(hitCondition) : () => true;
    this.#log = logMessage ? parseLogMessage(logMessage) : undefined;
    const expressions = [this.#condition, ...(this.#log ?? [])].filter((part) => part !== undefined && typeof part !== 'string');
    const unknown = expressions.flatMap(namesIn).find((name) => !names.includes(name));
    if (unknown !== undefined)
      throw new UserError('input', `“${unknown}” is not a name here. The names are ${names.join(', ')}.`);
  }

  /** Returns true if the step matches its place. Ignores the condition. */
  waitsFor(facts: StepFacts): boolean {
    const { place } = this;
    switch (place.kind) {
      case 'step':
        return place.step === facts.step;
      case 'operation':
        return place.operations.includes(facts.event.kind);
      case 'part':
        return facts.parts.some(({ kind }) => kind === place.part);
      case 'message':
        return place.name === facts.messageBegun;
      case 'fault':
        return isStateFault(place.code) ? facts.hasStateFault(place.code) : facts.faults.includes(place.code);
      case 'data':
        return facts.touches(place.range, ACCESSES[place.access]);
    }
  }

  /** Returns true if it stops when the trace moves in this direction. */
  stopsIn(direction: Direction): boolean {
    return this.#directions.includes(direction);
  }

  /** The operations at which it can stop. None for one that stops at a step, a message or a fault. */
  get kinds(): readonly EventKind[] {
    switch (this.place.kind) {
      case 'operation':
        return this.place.operations;
      case 'part':
        return CHANGING_LISTS;
      case 'data':
        return ACCESSES[this.place.access];
      default:
        return [];
    }
  }

  /** Decides whether it may stop at a step that is of its kinds, or one of its steps, without the state of the step. */
  decide(at: StepOfTrace): Decision {
    const { place } = this;
    if (place.kind === 'data' && !touching(place.range, this.kinds)(at.event, at.step, at.index)) return 'no';
    const holds = this.#ruleOver(at.trace);
    if (holds === 'state' || place.kind === 'part' || this.#log) return 'state';
    return this.#catching(() => holds(at.event, at.step, at.index)) ? 'yes' : 'no';
  }

  /** Counts the hit if the condition holds. Returns undefined if the breakpoint does not stop. `root` gives the values of the step. */
  hit({ trace, event, step, index }: StepOfTrace, root: () => Value): Hit | undefined {
    const condition = this.#condition;
    const rule = this.#ruleOver(trace);
    const holds = rule !== 'state' ? () => rule(event, step, index) : () => !condition || holdsFor(condition, root());
    if (!this.#catching(holds)) return undefined;
    this.#hits += 1;
    if (!this.#stopsAt(this.#hits)) return undefined;
    return { breakpoint: this, log: this.#log && writeLogMessage(this.#log, root()) };
  }

  resetHits(): void {
    this.#hits = 0;
  }

  /** Returns its condition as a function of the event, or `state` if it needs the state. */
  #ruleOver(trace: Trace): EventCondition | 'state' {
    if (this.#rule?.trace !== trace) {
      const rule = this.#condition ? (eventCondition(this.#condition, trace) ?? 'state') : () => true;
      this.#rule = { trace, rule };
    }
    return this.#rule.rule;
  }

  /** Returns true if a condition holds. One that cannot be evaluated at a step does not hold there. */
  #catching(holds: () => boolean): boolean {
    try {
      return holds();
    } catch (error) {
      if (error instanceof UserError) return false;
      throw error;
    }
  }
}
