import type { Trace } from '../../../engine/trace/trace.ts';

const known = new WeakMap<Trace, Map<string, ReadonlySet<number>>>();

/** Returns the first steps of the messages with a name. */
export function firstStepsOf(trace: Trace, name: string): ReadonlySet<number> {
  const ofTrace = known.get(trace) ?? new Map<string, ReadonlySet<number>>();
  known.set(trace, ofTrace);
  const steps = ofTrace.get(name) ?? new Set(stepsOf(trace, name));
  ofTrace.set(name, steps);
  return steps;
}

function* stepsOf(trace: Trace, name: string): Generator<number> {
  for (let index = 0; index < trace.messages.count; index++) {
    const { begin } = trace.messages.at(index);
    const event = trace.at(begin);
    if (event.kind !== 'begin' || trace.nameAt(begin, event.name) !== name) continue;
    const first = trace.stepOf(begin) + 1;
    // Of several messages that begin before a step, it belongs to the innermost, and to none if that ended before.
    if (first <= trace.steps && trace.messages.of(trace.eventOf(first))?.begin === begin) yield first;
  }
}
