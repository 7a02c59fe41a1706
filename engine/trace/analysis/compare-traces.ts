import type { Sliced } from '../../core/slices.ts';
import { compareBytes } from '../../values/codec.ts';
import type { TraceEvent } from '../events.ts';
import { exactAddress, exactOldAddress } from '../events.ts';
import { identityAt } from '../state/space-identity.ts';
import type { Trace } from '../trace.ts';
import { type TraceTotals, totalsOf } from './trace-totals.ts';

const STEPS_PER_TURN = 4_096;

/** Two traces side by side. */
export interface TraceComparison {
  /** The first step that the traces do not have in common; undefined if all their steps are the same. */
  readonly firstDivergence: number | undefined;
  readonly a: TraceTotals;
  readonly b: TraceTotals;
}

/** Compares the steps of two traces, and adds up what each does. */
export function* compareTraces(a: Trace, b: Trace): Sliced<TraceComparison> {
  const firstDivergence = yield* findDivergence(a, b);
  return { firstDivergence, a: yield* totalsOf(a), b: yield* totalsOf(b) };
}

/** Returns the first step whose events differ. If one trace is longer, its first further step differs. */
function* findDivergence(a: Trace, b: Trace): Sliced<number | undefined> {
  const [stepsOfA, stepsOfB] = [stepsIn(a), stepsIn(b)];
  for (let step = 1; ; step++) {
    if (step % STEPS_PER_TURN === 0) yield;
    const [inA, inB] = [stepsOfA.next(), stepsOfB.next()];
    if (inA.done && inB.done) return undefined;
    if (inA.done || inB.done || !isSame(a, inA.value, b, inB.value)) return step;
  }
}

/** The event of a step, and its number. */
interface StepEvent {
  readonly event: TraceEvent;
  readonly index: number;
}

/** Returns the events of all steps, in order. */
function* stepsIn(trace: Trace): Generator<StepEvent, void, undefined> {
  let index = -1;
  for (const event of trace.events()) {
    index += 1;
    if (trace.isStep(index)) yield { event, index };
  }
}

/**
 * Returns true if a step does the same in both traces. Spaces are compared by what they are, because each file numbers them. Names
 * of messages and call stacks are not compared.
 */
function isSame(a: Trace, { event: one, index: inA }: StepEvent, b: Trace, { event: other, index: inB }: StepEvent): boolean {
  if (one.kind !== other.kind || spaceOf(a, inA, one) !== spaceOf(b, inB, other)) return false;
  if (one.kind === 'write' && other.kind === 'write' && compareBytes(one.bytes, other.bytes) !== 0) return false;
  const [left, right] = [fieldsOf(one), fieldsOf(other)];
  return left.every((field, place) => field === right[place]);
}

function spaceOf(trace: Trace, index: number, event: TraceEvent): string | undefined {
  return 'space' in event ? (identityAt(trace, index, event.space) ?? `space ${event.space}`) : undefined;
}

/** Returns what a step does, apart from the bytes that it writes. */
function fieldsOf(event: TraceEvent): readonly (number | bigint | string | undefined)[] {
  switch (event.kind) {
    case 'grow':
      return [event.by, event.before];
    case 'write':
      return [exactAddress(event)];
    case 'read':
      return [exactAddress(event), event.length];
    case 'allocate':
    case 'deallocate':
      return [exactAddress(event), event.size];
    case 'reallocate':
      return [exactOldAddress(event), event.oldSize, exactAddress(event), event.size];
    case 'free':
      return [event.keep];
    case 'end':
      return [event.outcome];
    default:
      return [];
  }
}
