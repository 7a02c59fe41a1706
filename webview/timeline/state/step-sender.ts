/** Time after which a step that never arrived no longer holds back the next one. Milliseconds. */
const PATIENCE = 2_000;

/** Sends steps to the debugger, one at a time. Of those that come while one is on its way only the newest is sent. */
export class StepSender {
  readonly #send: (step: number) => void;
  #sentAt: number | undefined;
  #next: number | undefined;

  constructor(send: (step: number) => void) {
    this.#send = send;
  }

  send(step: number): void {
    if (this.#sentAt !== undefined && performance.now() - this.#sentAt < PATIENCE) this.#next = step;
    else this.#sendNow(step);
  }

  /** The debugger is at another step. Returns true if it is not yet the one that was asked for last. */
  arrived(): boolean {
    this.#sentAt = undefined;
    const next = this.#next;
    if (next === undefined) return false;
    this.#sendNow(next);
    return true;
  }

  #sendNow(step: number): void {
    this.#next = undefined;
    this.#sentAt = performance.now();
    this.#send(step);
  }
}
