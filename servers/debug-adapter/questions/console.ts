import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Debuggee } from '../debuggee.ts';
import { HELP } from '../expressions/queries.ts';
import type { Value } from '../values/value.ts';
import type { Answer } from './answer.ts';
import { answer } from './commands.ts';
import { ConditionSearch } from './condition-search.ts';

/** Time slice of a search. Other requests are handled between slices. Milliseconds. */
const SLICE = 20;

interface ConsoleOptions {
  /** Executes work about the trace. Returns false if it was refused; then the reason is the response. */
  readonly execute: (response: DebugProtocol.Response, work: (launched: Launched) => void) => boolean;
  readonly respond: (response: DebugProtocol.Response) => void;
  /** Returns the properties with which a client shows the parts of a value. */
  readonly describe: (value: Value) => { readonly variablesReference: number };
  /** Writes a line to the console, linked to the line of a step. */
  readonly write: (text: string, step: number | undefined) => void;
}

interface Launched {
  readonly debuggee: Debuggee;
  readonly travel: { readonly running: boolean };
}

/** The questions that a user asks in the console, and their answers. */
export class QuestionConsole {
  readonly #options: ConsoleOptions;

  constructor(options: ConsoleOptions) {
    this.#options = options;
  }

  /** Sends the answer to a question, at once or after a search. Returns false if the text is not a question. */
  answer(response: DebugProtocol.EvaluateResponse, text: string): boolean {
    let found: Answer | ConditionSearch | undefined;
    const isRefused = !this.#options.execute(response, ({ debuggee: { timeline } }) => {
      found = text.trim() === 'help' ? { value: { text: HELP }, lines: [] } : answer(text, timeline);
    });
    if (found instanceof ConditionSearch) this.#search(response, found);
    else if (found) this.#send(response, found);
    return isRefused || found !== undefined;
  }

  #search(response: DebugProtocol.EvaluateResponse, search: ConditionSearch): void {
    let found: Answer | undefined;
    const isSearching = this.#options.execute(response, ({ travel }) => {
      // A run moves the timeline, so the search waits for its end.
      if (!travel.running) found = search.slice(SLICE);
    });
    if (found) this.#send(response, found);
    else if (isSearching) setImmediate(() => this.#search(response, search));
  }

  /** Sends an answer, and then more lines about it. */
  #send(response: DebugProtocol.EvaluateResponse, { value, lines }: Answer): void {
    const { describe, respond, write } = this.#options;
    response.body = { result: value.text, ...describe(value) };
    respond(response);
    for (const { text, step } of lines) write(text, step);
  }
}
