import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Trace } from '../../engine/trace/trace.ts';
import type { Debuggee } from './debuggee.ts';
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
    name: trace.nameAt(index, name) ?? `function ${name}`,
    location,
  }));
}

/** Describes a frame for the client. Lines count from 0. */
export function describeFrame(frame: Frame, debuggee: Debuggee): Omit<DebugProtocol.StackFrame, 'id'> {
  const { timeline } = debuggee;
  switch (frame.kind) {
    case 'event': {
      const event = timeline.event();
      const name = event ? `#${timeline.position} ${eventTitle(event)}` : 'Start of trace';
      return { name, ...debuggee.placeOfStep(timeline.position), column: 0 };
    }
    case 'function': {
      const location = frame.location === undefined ? '' : ` (${frame.location})`;
      // The canister's source is not known. Without a place, VS Code shows "Unknown Source" and a line 0.
      const place = debuggee.placeOfStep(timeline.position);
      return { name: frame.name + location, ...place, column: 0, presentationHint: 'subtle' };
    }
    case 'message':
      return {
        name: messageTitle(frame.message),
        ...debuggee.placeOfEvent(frame.message.at),
        column: 0,
        presentationHint: 'subtle',
      };
  }
}
