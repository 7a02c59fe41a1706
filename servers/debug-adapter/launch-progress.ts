/** Time after which the reading of a trace is shown. Milliseconds. */
const DELAY = 500;
const PROGRESS_ID = 'launch';

interface Event {
  readonly event: string;
  readonly body: object;
}

/** Shows how far a trace is read, if that takes a while, and lets the user cancel the launch. */
export class LaunchProgress {
  /** Fulfilled when the user cancels. */
  readonly cancelled: Promise<'cancelled'>;
  readonly #send: (event: Event) => void;
  readonly #title: string;
  readonly #since = performance.now();
  #cancel: () => void = () => undefined;
  #isShown = false;
  #hasEnded = false;
  #shownPercent = 0;

  constructor(title: string, send: (event: Event) => void) {
    this.#title = title;
    this.#send = send;
    this.cancelled = new Promise((resolve) => {
      this.#cancel = () => resolve('cancelled');
    });
  }

  /** Takes the part that is read, from 0 to 1. */
  readonly part = (part: number): void => {
    // A cancelled launch does not end the reading, because an editor may wait for it as well.
    if (this.#hasEnded || (!this.#isShown && performance.now() - this.#since < DELAY)) return;
    const percentage = Math.floor(100 * part);
    if (this.#isShown && percentage === this.#shownPercent) return;
    const title = { title: this.#title, cancellable: true };
    const event = this.#isShown ? 'progressUpdate' : 'progressStart';
    this.#send({ event, body: { progressId: PROGRESS_ID, percentage, ...(!this.#isShown && title) } });
    this.#isShown = true;
    this.#shownPercent = percentage;
  };

  /** Cancels the launch if this is its progress. */
  cancel(progressId: string): void {
    if (this.#isShown && progressId === PROGRESS_ID) this.#cancel();
  }

  end(): void {
    if (this.#isShown) this.#send({ event: 'progressEnd', body: { progressId: PROGRESS_ID } });
    this.#hasEnded = true;
  }
}
