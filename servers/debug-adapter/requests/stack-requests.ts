import type { DebugProtocol } from '@vscode/debugprotocol';
import { UserError } from '../../../engine/core/user-error.ts';
import { describeFrame, framesOf } from '../stack.ts';
import { messageAt, messageValue } from '../values/message-values.ts';
import { type ScopePart, StepScope } from '../values/step-scope.ts';
import { reading } from './launched.ts';

export const stackTrace = reading<DebugProtocol.StackTraceArguments>(
  ({ debuggee, parts, client, hex }, { startFrame = 0, levels, format }) => {
    const frames = framesOf(debuggee);
    const end = levels ? startFrame + levels : frames.length;
    const stackFrames = frames.slice(startFrame, end).map((frame, index) => ({
      id: startFrame + index + 1,
      ...describeFrame(frame, debuggee, client, parts.current, format?.hex ?? hex),
    }));
    return { stackFrames, totalFrames: frames.length };
  },
);

type Scope = Omit<ScopePart, 'path'> & { readonly path: string | undefined };

export const scopes = reading<DebugProtocol.ScopesArguments>(({ debuggee, variables }, { frameId }) => {
  const { timeline } = debuggee;
  const frame = framesOf(debuggee)[frameId - 1];
  const innermost = messageAt(timeline.trace, timeline.position);
  const shown: readonly Scope[] =
    frame?.kind === 'message'
      ? [
          {
            name: 'Message',
            path: frame.message.at === innermost?.at ? 'message' : undefined,
            value: messageValue(frame.message),
          },
        ]
      : new StepScope(timeline).scopes();
  return {
    scopes: shown.map(({ name, path, value }) => ({ name, ...variables.describe(value, path), expensive: false })),
  };
});

export const loadedSources = reading(({ debuggee }) => ({ sources: [debuggee.source] }));

/** Returns the text of the trace to clients that do not open its URI. */
export const source = reading<DebugProtocol.SourceArguments>(({ debuggee }, { sourceReference }) => {
  const content = debuggee.textOf(sourceReference);
  if (content === undefined) throw new UserError('input', 'There is no such source. Ask for one that the call stack names.');
  return { content };
});
