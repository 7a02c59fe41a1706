import type { DebugProtocol } from '@vscode/debugprotocol';

export type Stop = DebugProtocol.StoppedEvent['body'];

/**
 * Reports stops to the client, before or after the response to the request that led there. If the stop comes first, VS Code shows
 * no running state in between, but the call stack keeps the description of the previous stop ("Start of trace"), because only a
 * response without a stop clears it. So a stop comes first if its description is the same, as in a series of steps, and else
 * after the response.
 */
export class Stops {
  readonly #send: (stop: Stop) => void;
  /** The description that the client shows; undefined while it shows none. */
  #description: string | undefined;
  #responding = false;
  #held: Stop | undefined;

  constructor(send: (stop: Stop) => void) {
    this.#send = send;
  }

  report(stop: Stop): void {
    const description = stop.description ?? stop.reason;
    if (this.#responding && description !== this.#description) this.#held = stop;
    else this.#send(stop);
    this.#description = description;
  }

  /** Executes a request and sends its response, before or after the stop. */
  around(execute: () => void, respond: () => void): void {
    this.#responding = true;
    try {
      execute();
    } finally {
      this.#responding = false;
    }
    respond();
    const held = this.#held;
    this.#held = undefined;
    if (held) this.#send(held);
  }
}
