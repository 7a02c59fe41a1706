import type { DebugProtocol } from '@vscode/debugprotocol';

export type Stop = DebugProtocol.StoppedEvent['body'];

/** The events about moving. */
interface Signals {
  readonly stopped: (stop: Stop) => void;
  readonly continued: () => void;
}

/** The description of every stop in VS Code but those at faults. */
const PAUSED = 'Paused';

/**
 * Reports stops to the client in the order that suits it. The protocol sends the response to a request first, and the stop that it
 * led to after it; clients that remember which thread is stopped rely on that. VS Code shows a running state from the response to the
 * stop, in which open memory editors lose their bytes, so it gets the stop first if the move is instant. Then it never learns that
 * the trace ran, and goes on to show the description of the first stop; so its stops have the same description. The frame on top of
 * the stack says what the description would. Only a stop at a fault has its own, in red: VS Code is told that the trace ran to and from it.
 */
export class Stops {
  readonly #send: Signals;
  /** Sends a stop at once, before the response. */
  readonly #first: boolean;
  #responding = false;
  #held: Stop | undefined;
  /** True while VS Code shows a fault as the description. */
  #atFault = false;

  constructor(isVsCode: boolean, send: Signals) {
    this.#first = isVsCode;
    this.#send = send;
  }

  report(stop: Stop): void {
    if (this.#first) this.#reportToVsCode(stop);
    else if (this.#responding) this.#held = stop;
    else this.#send.stopped(stop);
  }

  /** Reports a stop to VS Code. One that changes what it shows of faults comes after a running state, like in other clients. */
  #reportToVsCode(stop: Stop): void {
    const isFault = stop.reason === 'exception';
    const shown = isFault ? stop : { ...stop, description: PAUSED };
    if (this.#responding && (isFault || this.#atFault)) {
      this.#send.continued();
      this.#held = shown;
    } else this.#send.stopped(shown);
    this.#atFault = isFault;
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
