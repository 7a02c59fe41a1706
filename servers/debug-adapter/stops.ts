import type { DebugProtocol } from '@vscode/debugprotocol';

export type Stop = DebugProtocol.StoppedEvent['body'];

/**
 * Tells the client of stops, before or after the answer to the request that led there. VS Code shows no running in between when it hears of
 * the stop first; but the words beside the call stack are then still those of the stop before ("Start of trace"), because only an answer
 * without a stop makes it forget them. So a stop comes first where its words are the same, as in a row of steps, and else after the answer.
 */
export class Stops {
  readonly #send: (stop: Stop) => void;
  /** The words that the client shows; undefined while it shows none. */
  #words: string | undefined;
  #answering = false;
  #held: Stop | undefined;

  constructor(send: (stop: Stop) => void) {
    this.#send = send;
  }

  tell(stop: Stop): void {
    const words = stop.description ?? stop.reason;
    if (this.#answering && words !== this.#words) this.#held = stop;
    else this.#send(stop);
    this.#words = words;
  }

  /** Does what a request asks for, and answers it in time. */
  around(go: () => void, answer: () => void): void {
    this.#answering = true;
    try {
      go();
    } finally {
      this.#answering = false;
    }
    answer();
    const held = this.#held;
    this.#held = undefined;
    if (held) this.#send(held);
  }
}
