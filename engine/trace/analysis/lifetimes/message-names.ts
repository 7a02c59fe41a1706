import { formatCount } from '../../../core/format.ts';
import type { Trace } from '../../trace.ts';

/** The messages of a trace by kind and name, such as `update addMessage`. */
export class MessageNames {
  readonly #trace: Trace;
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = ['outside of messages'];
  readonly #ofMessage: Int32Array;

  constructor(trace: Trace) {
    this.#trace = trace;
    this.#ofMessage = new Int32Array(trace.messages.count).fill(-1);
  }

  /** Returns the number of the name of the innermost message at a step. It is 0 outside of messages. */
  numberAt(step: number): number {
    if (step < 1 || this.#ofMessage.length === 0) return 0;
    const message = this.#trace.messages.of(this.#trace.eventOf(step));
    return message ? this.numberOf(message.index) : 0;
  }

  /** Returns the number of the name of a message. */
  numberOf(message: number): number {
    const known = this.#ofMessage[message] ?? -1;
    if (known >= 0) return known;
    const name = this.#nameOf(message);
    const number = this.#numbers.get(name) ?? this.#names.length;
    if (number === this.#names.length) {
      this.#names.push(name);
      this.#numbers.set(name, number);
    }
    this.#ofMessage[message] = number;
    return number;
  }

  /** Returns a name: `update addMessage`. */
  nameOf(number: number): string {
    return this.#names[number] ?? '';
  }

  #nameOf(message: number): string {
    const { begin } = this.#trace.messages.at(message);
    const event = this.#trace.at(begin);
    if (event.kind !== 'begin') return 'message';
    return `${event.messageKind} ${this.#trace.nameAt(begin, event.name) ?? `message ${formatCount(event.message)}`}`;
  }
}
