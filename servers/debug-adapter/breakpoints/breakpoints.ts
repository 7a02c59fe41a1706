import type { FaultCode } from '../../../engine/trace/analysis/faults.ts';
import { holdsFor, namesIn } from '../expressions/evaluate.ts';
import { type Expression, parseExpression } from '../expressions/expression.ts';
import { Misfit, type Value } from '../values/value.ts';
import { parseHitCondition } from './hit-condition.ts';
import { type LogMessage, parseLogMessage, writeLogMessage } from './log-message.ts';

/** What a breakpoint waits for. */
export type Place =
  | { readonly kind: 'step'; readonly step: number }
  /** Every step of this operation. */
  | { readonly kind: 'operation'; readonly operation: string }
  /** The first step of every message of this name. */
  | { readonly kind: 'message'; readonly name: string }
  | { readonly kind: 'fault'; readonly code: FaultCode };

/** What stands at a step, as far as breakpoints look at it. */
export interface StepFacts {
  readonly step: number;
  readonly operation: string;
  /** Of the message that begins with this step; undefined for all other steps. */
  readonly messageBegun: string | undefined;
  readonly faults: readonly FaultCode[];
}

/** What a client asks for besides the place. */
export interface Terms {
  readonly condition?: string | undefined;
  readonly hitCondition?: string | undefined;
  readonly logMessage?: string | undefined;
}

export interface Hit {
  readonly breakpoint: Breakpoint;
  /** What a log point says instead of stopping. */
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

  /** @throws Misfit where a condition, a hit count or a message cannot be read; `names` are those that expressions know. */
  constructor(id: number, place: Place, { condition, hitCondition, logMessage }: Terms, names: readonly string[]) {
    this.id = id;
    this.place = place;
    this.#condition = condition ? parseExpression(condition) : undefined;
    this.#stopsAt = hitCondition ? parseHitCondition(hitCondition) : () => true;
    this.#log = logMessage ? parseLogMessage(logMessage) : undefined;
    const expressions = [this.#condition, ...(this.#log ?? [])].filter((part) => part !== undefined && typeof part !== 'string');
    const unknown = expressions.flatMap(namesIn).find((name) => !names.includes(name));
    if (unknown !== undefined) throw new Misfit(`“${unknown}” is no name here; there are ${names.join(', ')}.`);
  }

  /** Whether the step is one that it waits for; conditions aside. */
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

  /** Counts the hit if the condition holds at `root`, and tells what comes of it; undefined where nothing does. */
  hit(root: Value): Hit | undefined {
    if (this.#condition && !this.#holds(this.#condition, root)) return undefined;
    this.#hits += 1;
    if (!this.#stopsAt(this.#hits)) return undefined;
    return { breakpoint: this, log: this.#log && writeLogMessage(this.#log, root) };
  }

  forgetHits(): void {
    this.#hits = 0;
  }

  /** A condition that does not fit a step does not hold there. */
  #holds(condition: Expression, root: Value): boolean {
    try {
      return holdsFor(condition, root);
    } catch (error) {
      if (error instanceof Misfit) return false;
      throw error;
    }
  }
}
