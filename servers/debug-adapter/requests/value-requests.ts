import type { DebugProtocol } from '@vscode/debugprotocol';
import { formatCount } from '../../../engine/core/format.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import { describeFaults } from '../breakpoints/faults.ts';
import { complete } from '../expressions/completions.ts';
import { type LogCommand, parseLogCommand } from '../expressions/log-command.ts';
import { evaluateText, evaluateWord, gotoTarget } from '../expressions/queries.ts';
import { logWholeTrace } from '../log-whole-trace.ts';
import { answerInConsole } from '../questions/console.ts';
import { textOf, type Value } from '../values/value.ts';
import { type Launched, reading, refuseDuringRun } from './launched.ts';

export const variables = reading<DebugProtocol.VariablesArguments>((launched, args) => ({
  variables: launched.variables.children(args, launched.hex),
}));

export const evaluate = reading<DebugProtocol.EvaluateArguments>((launched, args, seq) => {
  const { expression, context, format } = args;
  const { timeline } = launched.debuggee;
  if (context === 'repl') {
    const target = gotoTarget(expression, timeline.steps);
    if (target !== undefined) return goToStep(launched, target);
    const command = parseLogCommand(expression);
    if (command) return runLog(launched, command, seq);
    const answered = answerInConsole(launched, expression, seq);
    if (answered) return answered;
  }
  const value: Value = context === 'hover' ? evaluateWord(expression, timeline) : evaluateText(expression, timeline);
  const text = textOf(value, format?.hex ?? launched.hex);
  return {
    result: context === 'clipboard' ? (value.full?.() ?? text) : text,
    ...launched.variables.describe(value, context === 'hover' ? undefined : expression),
  };
});

function goToStep(launched: Launched, step: number): object {
  refuseDuringRun(launched);
  launched.parts.leave();
  launched.announceMove();
  launched.travel.seek(step, 'goto');
  const { steps } = launched.debuggee.timeline;
  return { result: `step ${formatCount(Math.min(step, steps))} of ${formatCount(steps)}`, variablesReference: 0 };
}

/** Our own request: writes the messages of all log points, or of one message, over the whole trace. */
export const log = reading<LogCommand>((launched, { message, condition }, seq) => runLog(launched, { message, condition }, seq));

async function runLog(launched: Launched, { message, condition }: LogCommand, seq: number): Promise<object> {
  const { debuggee, breakpoints, client, send } = launched;
  const points = message === undefined ? breakpoints.freshLogPoints() : [breakpoints.logPoint(message, condition)];
  if (points.length === 0)
    throw new UserError(
      'input',
      'There are no log points. Add one to a line, or write a message: log {size} at {address} if size > 64',
    );
  const result = await logWholeTrace(
    debuggee,
    points,
    () => launched.isCancelled(seq),
    (text, step) => {
      send({ event: 'output', body: { category: 'console', output: `${text}\n`, ...debuggee.placeOfStep(client, step) } });
    },
  );
  return { result, variablesReference: 0 };
}

export const completions = reading<DebugProtocol.CompletionsArguments>(({ debuggee, client }, { text, column }) => ({
  targets: complete(text, client.fromClientColumn(column), debuggee.timeline),
}));

export const exceptionInfo = reading(({ debuggee: { timeline }, breakpoints }) => {
  const faults = timeline.faultsOf(timeline.position);
  // A fault that stops comes first, because it gives the title.
  const [first, ...others] = [...faults].sort(
    (left, right) => Number(breakpoints.waitsFor(right)) - Number(breakpoints.waitsFor(left)),
  );
  if (!first) throw new UserError('input', 'Nothing is wrong with this step.');
  return describeFaults([first, ...others]);
});

/** Our own request: shows numbers in hex or not; without `hex`, in the other way than now. */
export const setFormat = reading<{ readonly hex?: boolean }>((launched, { hex = !launched.hex }) => {
  launched.hex = hex;
  launched.variables.clear();
  if (launched.showsInvalidated) launched.send({ event: 'invalidated', body: { areas: ['variables', 'stacks'] } });
  return { hex };
});
