import type { DebugProtocol } from '@vscode/debugprotocol';
import { formatCount } from '../../../engine/core/format.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import type { Direction } from '../../../engine/trace/search.ts';
import { framesOf } from '../stack.ts';
import { firstStepOfCall, stepOut as stepOutOf, stepOver } from '../stepping.ts';
import { type Launched, moving, reading } from './launched.ts';

interface SteppingArguments {
  readonly granularity?: DebugProtocol.SteppingGranularity;
}

/** Steps forward over the messages that are nested in that of the current step. */
export const next = moving<SteppingArguments>((launched, { granularity }) => {
  if (granularity === 'instruction') stepByPart(launched, 'forward');
  else goTowards(launched, 'forward', stepOver);
});

/** Makes one step forward, also into a message. */
export const stepIn = moving<SteppingArguments>((launched, { granularity }) => {
  if (granularity === 'instruction') stepByPart(launched, 'forward');
  else launched.travel.step('forward');
});

/** Steps out of the innermost message, into the one around it or to the step after it. Outside of messages it makes one step. */
export const stepOut = moving((launched) => goTowards(launched, 'forward', stepOutOf));

/** Steps back over the messages that are nested in that of the current step. */
export const stepBack = moving<SteppingArguments>((launched, { granularity }) => {
  if (granularity === 'instruction') stepByPart(launched, 'backward');
  else goTowards(launched, 'backward', stepOver);
});

/** Our own request: makes one step back, also into a message. */
export const stepBackInto = moving((launched) => {
  launched.announceMove();
  launched.travel.step('backward');
});

/** Our own request: steps back out of the innermost message, to the step before it. */
export const stepBackOut = moving((launched) => {
  launched.announceMove();
  goTowards(launched, 'backward', stepOutOf);
});

/** Goes to the step that `targetOf` returns, unless a breakpoint is before it. */
function goTowards({ debuggee, travel }: Launched, direction: Direction, targetOf: typeof stepOver): void {
  const { trace, position, steps } = debuggee.timeline;
  const target = targetOf(trace, position, direction);
  if (Math.abs(target - position) === 1) travel.step(direction);
  else travel.go(direction, Math.max(0, Math.min(steps, target)));
}

/** Goes to the next part of the current step, or to the first one of the next step; backward likewise. */
function stepByPart({ debuggee, travel, parts }: Launched, direction: Direction): void {
  const { timeline } = debuggee;
  if (parts.move(direction === 'forward' ? 1 : -1)) {
    travel.stop('step');
    return;
  }
  const before = timeline.position;
  travel.step(direction);
  if (timeline.position !== before) parts.enter(direction === 'forward' ? 0 : -1);
}

export const continueForward = moving(({ debuggee, travel }) => travel.go('forward', debuggee.timeline.steps), {
  allThreadsContinued: true,
});

export const continueBackward = moving(({ travel }) => travel.go('backward', 0));

/** Goes back to the first step of the call or the message of a frame. */
export const restartFrame = moving<DebugProtocol.RestartFrameArguments>(({ debuggee, travel }, { frameId }) => {
  const frames = framesOf(debuggee);
  const frame = frames[frameId - 1];
  const { trace, position } = debuggee.timeline;
  switch (frame?.kind) {
    case 'message':
      travel.seek(frame.message.from, 'restart');
      return;
    case 'function':
      // The first frame is the step itself.
      travel.seek(firstStepOfCall(trace, position, frameId - 2), 'restart');
      return;
    case 'event':
      throw new UserError('input', 'A step has no beginning to go back to. Choose a message or a function of the call stack.');
    default:
      throw new UserError('input', 'The debugger has moved since this frame was shown. Choose one of the present call stack.');
  }
});

export const gotoTargets = reading<DebugProtocol.GotoTargetsArguments>(({ debuggee, client }, { source, line }) => {
  const document = debuggee.documentOf(source);
  const step = document?.stepFromLine(client.fromClientLine(line));
  if (!document || step === undefined) return { targets: [] };
  const stepLine = client.toClientLine(document.lineOfStep(step));
  return { targets: [{ id: step, label: `step ${formatCount(step)}`, line: stepLine }] };
});

export const goto = moving<DebugProtocol.GotoArguments>(({ debuggee, travel }, { targetId }) => {
  const { steps } = debuggee.timeline;
  if (!Number.isInteger(targetId) || targetId < 0 || targetId > steps)
    throw new UserError('input', `There is no step ${targetId} to go to. The trace has ${formatCount(steps)} steps.`);
  travel.seek(targetId, 'goto');
});
