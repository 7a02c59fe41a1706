/**
 * Parts of steps as instructions, for the disassembly view of clients. The address of an instruction is decimal: the number of its step,
 * then two digits for the part, from 00.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { describePart, partsOf, type StepPart } from '../../engine/trace/analysis/step-parts.ts';
import type { Timeline } from '../../engine/trace/timeline.ts';
import type { ClientPlaces } from './client-places.ts';
import type { Debuggee } from './debuggee.ts';
import type { CurrentPart } from './part-cursor.ts';
import { eventTitle } from './values/event-values.ts';

/** Maximum parts of a step that have an address. */
const MAX_PARTS = 100;
/** Maximum instructions of one response. */
const MAX_INSTRUCTIONS = 4096;

interface Instruction {
  readonly step: number;
  readonly index: number;
}

/** Returns the address of the part that the user is at. After a whole step it is the last part. */
export function currentInstruction(timeline: Timeline, current: CurrentPart | undefined): string {
  const { position } = timeline;
  return addressOf({ step: position, index: current?.index ?? Math.max(0, instructionParts(timeline, position).length - 1) });
}

/** Returns the step of an instruction, or undefined if there is none at the address. */
export function stepOfInstruction(timeline: Timeline, reference: string, offset = 0): number | undefined {
  const { step, index } = instructionAt(reference, offset);
  return index < instructionParts(timeline, step).length ? step : undefined;
}

/**
 * Returns `count` instructions, starting `first` instructions after the one at a reference; `first` can be negative. Instructions before
 * the start and after the end of the trace are invalid.
 */
export function instructionsFrom(
  debuggee: Debuggee,
  reference: string,
  offset: number,
  first: number,
  count: number,
  client: ClientPlaces,
): readonly DebugProtocol.DisassembledInstruction[] {
  const { timeline } = debuggee;
  const { steps } = timeline;
  const start = instructionAt(reference, offset);
  let step = Math.max(1, Math.min(steps + 1, start.step));
  /** The place of the next instruction among the parts of `step`. Negative before the start of the trace. */
  let place = start.index + first;
  let parts = instructionParts(timeline, step);
  while (place < 0 && step > 1) {
    step -= 1;
    parts = instructionParts(timeline, step);
    place += parts.length;
  }
  const instructions: DebugProtocol.DisassembledInstruction[] = [];
  for (; instructions.length < Math.min(count, MAX_INSTRUCTIONS); place++) {
    while (step <= steps && place >= parts.length) {
      place -= parts.length;
      step += 1;
      parts = instructionParts(timeline, step);
    }
    const part = parts[place];
    instructions.push(part ? describeInstruction(debuggee, { step, index: place }, part, client) : OUTSIDE);
  }
  return instructions;
}

/** A row before the start or after the end of the trace. VS Code leaves out rows with this address. */
const OUTSIDE = { address: '-1', instruction: 'outside of the trace', presentationHint: 'invalid' } as const;

function describeInstruction(
  debuggee: Debuggee,
  { step, index }: Instruction,
  part: StepPart,
  client: ClientPlaces,
): DebugProtocol.DisassembledInstruction {
  const { source, line } = debuggee.placeOfStep(client, step);
  const event = index === 0 ? debuggee.timeline.event(step) : undefined;
  return {
    address: addressOf({ step, index }),
    instruction: describePart(part),
    ...(event && { symbol: `#${step} ${eventTitle(event)}` }),
    location: source,
    line,
  };
}

function instructionAt(reference: string, offset: number): Instruction {
  const address = /^\d+$/.test(reference) ? Number(reference) + offset : 0;
  return { step: Math.floor(address / MAX_PARTS), index: address % MAX_PARTS };
}

function addressOf({ step, index }: Instruction): string {
  return String(step * MAX_PARTS + index);
}

function instructionParts(timeline: Timeline, step: number): readonly StepPart[] {
  return partsOf(timeline, step).slice(0, MAX_PARTS);
}
