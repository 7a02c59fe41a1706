import { UserError } from '../../../engine/core/user-error.ts';
import { HELP } from '../expressions/queries.ts';
import type { Launched } from '../requests/launched.ts';
import type { Answer } from './answer.ts';
import { answer } from './commands.ts';
import { ConditionSearch } from './condition-search.ts';
import { answerAboutLifetimes } from './lifetime-commands.ts';

/** Time slice of a search. Other requests are handled between slices. Milliseconds. */
const SLICE = 20;

/**
 * Returns the body of the response to a question in the console, at once or after a search. Returns undefined if the text is not a
 * question. `seq` is the number of the request. @throws UserError if the question cannot be answered
 */
export function answerInConsole(launched: Launched, text: string, seq: number): object | Promise<object> | undefined {
  if (text.trim() === 'help') return { result: HELP, variablesReference: 0 };
  const { timeline } = launched.debuggee;
  const lifetimes = answerAboutLifetimes(text, timeline.trace);
  if (lifetimes) return lifetimes.then((result) => ({ result, variablesReference: 0 }));
  const found = answer(text, timeline);
  if (found instanceof ConditionSearch) return search(launched, found, seq);
  // The response is sent before any microtask.
  return found && bodyOf(launched, found, queueMicrotask);
}

async function search(launched: Launched, wanted: ConditionSearch, seq: number): Promise<object> {
  for (;;) {
    if (launched.isCancelled(seq)) throw new UserError('input', 'The search was cancelled.');
    // A run moves the timeline, so the search waits for its end.
    const found = launched.travel.running ? undefined : wanted.slice(SLICE);
    if (found) return bodyOf(launched, found, setImmediate);
    await new Promise(setImmediate);
  }
}

/** Returns an answer as a body. `later` delays its further lines until the response is sent. */
function bodyOf(
  { debuggee, client, variables, send }: Launched,
  { value, lines }: Answer,
  later: (write: () => void) => unknown,
): object {
  later(() => {
    for (const { text, step } of lines) {
      const link = step === undefined ? {} : debuggee.placeOfStep(client, step);
      send({ event: 'output', body: { category: 'stdout', output: `${text}\n`, ...link } });
    }
  });
  return { result: value.text, ...variables.describe(value, undefined) };
}
