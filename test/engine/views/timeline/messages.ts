import type { Outcome, TraceEvent } from '../../../../engine/trace/events.ts';

export function beginMessage(message: number, name: number, time?: bigint): TraceEvent {
  return { kind: 'begin', message, messageKind: 'update', name, time, instructions: undefined };
}

export function endMessage(message: number, outcome: Outcome, time?: bigint): TraceEvent {
  return { kind: 'end', message, outcome, time, instructions: undefined, text: undefined };
}
