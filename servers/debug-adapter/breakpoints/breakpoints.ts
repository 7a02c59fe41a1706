import { UserError } from '../../../engine/core/user-error.ts';
import type { FaultCode } from '../../../engine/trace/analysis/faults.ts';
import { holdsFor, namesIn } from '../expressions/evaluate.ts';
import { type Expression, parseExpression } from '../expressions/expression.ts';
import type { Value } from '../values/value.ts';
import { parseHitCondition } from './hit-condition.ts';
import { type LogMessage, parseLogMessage, writeLogMessage } from './log-message.ts';

/** The steps at which a breakpoint stops. */
export type Place =
  | { readonly kind: 'step'; readonly step: number }
  /** Every step of this operation. */
  | { readonly kind: 'operation'; readonly operation: string }
  /** The first step of every message of this name. */
  | { readonly kind: 'message'; readonly name: string }
  | { readonly kind: 'fault'; readonly code: FaultCode };

/** Facts about a step that breakpoints use. */
export interface StepFacts {
  readonly step: number;
  readonly operation: string;
  /** The name of the message that begins with this step, if any. */
  readonly messageBegun: string | undefined;
  readonly faults: readonly FaultCode[];
}

/** Options of a breakpoint apart from its place. */
export interface BreakpointOptions {
  readonly condition?: string | undefined;
  readonly hitCondition?: string | undefined;
  readonly logMessage?: string | undefined;
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
  readonly #stopsAt: (hits: number) => boolean;
  readonly #log: LogMessage | undefined;
  #hits = 0;

  /**
   * `names` are the names that expressions may use. @throws UserError if a condition, a hit count or a message cannot be parsed.
   */
  constructor(id: number, place: Place, { condition, hitCondition, logMessage }: BreakpointOptions, names: readonly string[]) {
    this.id = id;
    this.place = place;
    this.#condition = condition ? parseExpression(condition) : undefined;
    this.#stopsAt = hitCondition ? parseHitCondition(hitCondition) : () => true;
    this.#log = logMessage ? parseLogMessage(logMessage) : undefined;
    const expressions = [this.#condition, ...(this.#log ?? [])].filter((part) => part !== undefined && typeof part !== 'string');
    const unknown = expressions.flatMap(namesIn).find((name) => !names.includes(name));
    if (unknown !== undefined)
      throw new UserError('input', `“${unknown}” is not a name here. The names are ${names.join(', ')}.`);
  }

  /** Returns true if the step matches its place. Ignores the condition. */
  waitsFor({ step, operation, messageBegun, faults }: StepFacts): boolean {
    const { place } = this;
    switch (place.kind) {
      case 'step':
        return place.step === step;
      case 'operation':
        return place.operation === operation;
      case 'message':
        return place.name === messageBegun;
      case 'fault':
        return faults.includes(place.code);
    }
  }

  /** Counts the hit if the condition holds at `root`. Returns undefined if the breakpoint does not stop. */
  hit(root: Value): Hit | undefined {
    if (this.#condition && !this.#holds(this.#condition, root)) return undefined;
    this.#hits += 1;
    if (!this.#stopsAt(this.#hits)) return undefined;
    return { breakpoint: this, log: this.#log && writeLogMessage(this.#log, root) };
  }

  resetHits(): void {
    this.#hits = 0;
  }

  /** Returns true if the condition holds. A condition that cannot be evaluated at a step does not hold there. */
  #holds(condition: Expression, root: Value): boolean {
    try {
      return holdsFor(condition, root);
    } catch (error) {
      if (error instanceof UserError) return false;
      throw error;
    }
  }
}
