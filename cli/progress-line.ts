import { isErrorTerminal, replaceLine } from './output.ts';

/** Time between two updates of the line. Milliseconds. */
const INTERVAL = 200;

/** The progress of a long command, on one line of the terminal. Without a terminal it shows nothing. */
export class ProgressLine {
  readonly #isTerminal = isErrorTerminal();
  #next = performance.now() + INTERVAL;
  #isShown = false;

  /** Shows a text. Does nothing shortly after the last one, so that it may be called for each step of the work. */
  show(text: () => string): void {
    if (!this.#isTerminal || performance.now() < this.#next) return;
    this.#next = performance.now() + INTERVAL;
    this.#isShown = true;
    replaceLine(text());
  }

  /** Clears the line at the end. */
  clear(): void {
    if (this.#isShown) replaceLine('');
    this.#isShown = false;
  }
}
