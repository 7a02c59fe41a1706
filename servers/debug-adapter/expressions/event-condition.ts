import type { Expression } from '../../../engine/core/expressions/expression.ts';
import { toHex } from '../../../engine/core/format.ts';
import { EVENT_KINDS, type TraceEvent } from '../../../engine/trace/events.ts';
import type { Trace } from '../../../engine/trace/trace.ts';
import { MAX_SHOWN } from '../values/event-values.ts';
import { messageNames } from '../values/message-values.ts';
import type { Plain } from '../values/value.ts';
import { infix, isTrue, prefix } from './evaluate.ts';
import { spaceNames } from './space-names.ts';

/** A condition over the event of a step alone. `index` is the event's number. @throws UserError like `evaluate` */
export type EventCondition = (event: TraceEvent, step: number, index: number) => boolean;

type Term = (event: TraceEvent, step: number, index: number) => Plain | undefined;

/**
 * Makes a function of a condition that needs only the event, and no state of the memory or of an allocator, so that a million events are
 * tested in a second. Returns undefined for any other condition.
 */
export function eventCondition(expression: Expression, trace: Trace): EventCondition | undefined {
  const term = termOf(expression, trace);
  return term && ((event, step, index) => isTrue(term(event, step, index)));
}

function termOf(expression: Expression, trace: Trace): Term | undefined {
  switch (expression.kind) {
    case 'number':
    case 'text': {
      const { value } = expression;
      return () => value;
    }
    case 'name':
      return named(expression.name, trace);
    case 'field': {
      const { of, name } = expression;
      return of.kind === 'name' && of.name === 'message' && name === 'name' ? messageNames(trace) : undefined;
    }
    case 'prefix': {
      const { operator } = expression;
      const operand = termOf(expression.operand, trace);
      return operand && ((event, step, index) => prefix(operator, operand(event, step, index)));
    }
    case 'infix': {
      const { operator } = expression;
      const left = termOf(expression.left, trace);
      const right = termOf(expression.right, trace);
      return (
        left && right && ((event, step, index) => infix(operator, left(event, step, index), () => right(event, step, index)))
      );
    }
    default:
      return undefined;
  }
}

function named(name: string, trace: Trace): Term | undefined {
  switch (name) {
    case 'operation':
      return (event) => event.kind;
    case 'size':
      return sizeOf;
    case 'address':
      return (event) => ('address' in event ? event.address : undefined);
    case 'requested':
      return (event) => (event.kind === 'allocate' ? event.requested : undefined);
    case 'oldAddress':
      return (event) => (event.kind === 'reallocate' ? event.oldAddress : undefined);
    case 'oldSize':
      return (event) => (event.kind === 'reallocate' ? event.oldSize : undefined);
    case 'pages':
      return (event) => (event.kind === 'grow' ? event.by : undefined);
    case 'bytes':
      return (event) => (event.kind === 'write' ? toHex(event.bytes.subarray(0, MAX_SHOWN)) : undefined);
    case 'step':
      return (_, step) => step;
    case 'steps':
      return () => trace.steps;
    case 'message':
      return messageNames(trace);
    case 'space': {
      const names = spaceNames(trace);
      return names && ((event, step) => ('space' in event ? names(event.space, step) : undefined));
    }
    default: {
      const kind = EVENT_KINDS.find((each) => each === name);
      return kind && (() => kind);
    }
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
