import type { DebugProtocol } from '@vscode/debugprotocol';
import { demangle } from '../../engine/recorder/instrument/demangle/demangle.ts';
import { describePart } from '../../engine/trace/analysis/step-parts.ts';
import type { Timeline } from '../../engine/trace/timeline.ts';
import type { Trace } from '../../engine/trace/trace.ts';
import type { ClientPlaces } from './client-places.ts';
import type { Debuggee } from './debuggee.ts';
import { currentInstruction } from './instructions.ts';
import type { CurrentPart } from './part-cursor.ts';
import { eventTitle } from './values/event-values.ts';
import { type Message, messagesAround, messageTitle } from './values/message-values.ts';

/** One line of the call stack. */
export type Frame =
  | { readonly kind: 'event' }
  /** A function of the canister, recorded with the event. */
  | { readonly kind: 'function'; readonly name: string; readonly location: string | undefined }
  | { readonly kind: 'message'; readonly message: Message };

/** Returns the call stack of the step: the event, the functions that led to it, and the messages around it. */
export function framesOf(debuggee: Debuggee): readonly Frame[] {
  const { trace, position } = debuggee.timeline;
  if (position === 0) return [{ kind: 'event' }];
  const event = trace.eventOf(position);
  return [
    { kind: 'event' },
    ...functionsAt(trace, event),
    ...messagesAround(trace, event).map((message): Frame => ({ kind: 'message', message })),
  ];
}

function functionsAt(trace: Trace, index: number): readonly Frame[] {
  const event = trace.at(index);
  const stack = 'stack' in event ? event.stack : undefined;
  if (stack === undefined) return [];
  return trace.stackAt(index, stack).map(({ name, location }) => ({
    kind: 'function',
    name: demangle(trace.nameAt(index, name) ?? `function ${name}`),
    location,
  }));
}

/**
 * Describes a frame for the client. `part`: the part of the step that the user is at, if any. No frame is subtle: VS Code hides the
 * functions and messages that led to a step if two subtle frames follow one another.
 */
export function describeFrame(
  frame: Frame,
  debuggee: Debuggee,
  client: ClientPlaces,
  part: CurrentPart | undefined,
  hex: boolean,
): Omit<DebugProtocol.StackFrame, 'id'> {
  const { timeline } = debuggee;
  switch (frame.kind) {
    case 'event': {
      const event = timeline.event();
      const name = event
        ? `#${timeline.position} ${eventTitle(event, hex)}${part ? partText(part) : endText(timeline)}`
        : 'Start of trace';
      const instructionPointerReference = currentInstruction(timeline, part);
      return { name, ...debuggee.placeOfStep(client), canRestart: false, ...(event && { instructionPointerReference }) };
    }
    case 'function': {
      const location = frame.location === undefined ? '' : ` (${frame.location})`;
      // The canister's source is not known. Without a place, VS Code shows "Unknown Source" and a line 0.
      return { name: frame.name + location, ...debuggee.placeOfStep(client) };
    }
    case 'message':
      return { name: messageTitle(frame.message), ...debuggee.placeOfEvent(client, frame.message.at) };
  }
}

/** Returns where the user is within a step: `, part 2 of 3: split 0x2e80+256`. */
function partText({ part, index, count }: CurrentPart): string {
  return `, part ${index + 1} of ${count}: ${describePart(part)}`;
}

/** VS Code does not show the description of a stop, which says the same. */
function endText({ position, steps }: Timeline): string {
  return position === steps ? ' (end of trace)' : '';
}
