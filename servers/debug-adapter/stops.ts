import type { DebugProtocol } from '@vscode/debugprotocol';

export type Stop = DebugProtocol.StoppedEvent['body'];

/** The events about moving. */
interface Signals {
  readonly stopped: (stop: Stop) => void;
  readonly continued: () => void;
}

/** The description of every stop in VS Code. */
const PAUSED = 'Paused';

/**
 * Reports stops to the client in the order that suits it. The protocol sends the response to a request first, and the stop that it
 * led to after it; clients that remember which thread is stopped rely on that. VS Code shows a running state from the response to the
 * stop, in which open memory editors lose their bytes, so it gets the stop first if the move is instant. Then it never learns that
 * the trace ran, and goes on to show the description of the first stop; so all its stops have the same description. The frame on top of
 * the stack and the exception say what the description would.
 */
export class Stops {
  readonly #send: Signals;
  /** Sends a stop at once, before the response. */
  readonly #first: boolean;
  #responding = false;
  #held: Stop | undefined;

  constructor(isVsCode: boolean, send: Signals) {
    this.#first = isVsCode;
    this.#send = send;
  }

  report(stop: Stop): void {
    if (this.#first) this.#send.stopped({ ...stop, description: PAUSED });
    else if (this.#responding) this.#held = stop;
    else this.#send.stopped(stop);
  }

  /** Executes a request and sends its response. A stop that it leads to comes before or after the response. */
  around(execute: () => void): void {
    this.#responding = true;
    execute();
    this.#responding = false;
    const held = this.#held;
    this.#held = undefined;
    if (held) this.#send.stopped(held);
  }

  /** Reports that the trace moves although the request is not one that moves, which clients have to know before the stop. */
  moves(): void {
    if (!this.#first) this.#send.continued();
  }
}
