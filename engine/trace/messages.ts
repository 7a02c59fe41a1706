import { formatCount, formatCounted } from '../core/format.ts';
import { NumberList } from './number-list.ts';

const NONE = 0xffff_ffff;

/** A message that a canister executed, or a call of a library: the events from its `begin` to its `end`. */
export interface MessageSpan {
  /** The message's number in this trace, from 0. */
  readonly index: number;
  /** The event that begins it. */
  readonly begin: number;
  /** Its `end`, or the last event before what ended it from outside; undefined where the trace goes on without an end. */
  readonly end: number | undefined;
}

interface OpenMessage {
  /** The number in the file. */
  readonly message: number;
  readonly index: number;
  /** The one with the same number that was open before. */
  readonly outer: OpenMessage | undefined;
}

/** Which message an event belongs to. Messages may lie inside of each other, as the calls of a library inside of a canister's message. */
export class Messages {
  readonly #begins = NumberList.counts();
  readonly #ends = NumberList.counts();
  /** The message that was open when this one began. */
  readonly #parents = NumberList.counts();
  /** Those that have not ended, the latest last. */
  readonly #open: OpenMessage[] = [];
  /** By number in the file, the latest of them. */
  readonly #latest = new Map<number, OpenMessage>();
  /** Ends that end a message, ascending, and the `begin` of each. */
  readonly #endings = NumberList.counts();
  readonly #begun = NumberList.counts();
  /** Ends that undo, ascending, and the first event that each undoes. */
  readonly #undoings = NumberList.counts();
  readonly #undone = NumberList.counts();

  get count(): number {
    return this.#begins.length;
  }

  /** What is wrong with the beginning, as a sentence. */
  begin(message: number, event: number): string | undefined {
    const outer = this.#latest.get(message);
    const open = { message, index: this.#begins.length, outer };
    this.#parents.push(this.#open.at(-1)?.index ?? NONE);
    this.#open.push(open);
    this.#latest.set(message, open);
    this.#begins.push(event);
    this.#ends.push(NONE);
    return outer && `Message ${formatCount(message)} begins again before it has ended. The next end of it ends the later one.`;
  }

  /** Ends the latest message with this number, and those that began inside of it. What is wrong with that, as a sentence. */
  end(message: number, event: number, undoes: boolean): string | undefined {
    const ended = this.#latest.get(message);
    if (!ended) return `Message ${formatCount(message)} ends and is not open. Its end does nothing.`;
    const inner = this.#closeFrom(ended, event);
    this.#ends.set(ended.index, event);
    const begin = this.#begins.at(ended.index);
    this.#endings.push(event);
    this.#begun.push(begin);
    if (undoes) {
      this.#undoings.push(event);
      this.#undone.push(begin);
    }
    if (inner === 0) return undefined;
    const those = formatCounted(inner, 'message that began', 'messages that began');
    return `Message ${formatCount(message)} ends before ${those} inside of it. The end of the outer one ends the inner ones too.`;
  }

  /** A header follows: no message goes on behind it. */
  close(event: number): void {
    const [outermost] = this.#open;
    if (outermost) this.#closeFrom(outermost, event);
  }

  /** The `begin` of the message that the `end` at `event` ends; undefined where it ends none. */
  begunBy(event: number): number | undefined {
    const place = this.#endings.rank(event) - 1;
    return place >= 0 && this.#endings.at(place) === event ? this.#begun.at(place) : undefined;
  }

  at(index: number): MessageSpan {
    const end = this.#ends.at(index);
    return { index, begin: this.#begins.at(index), end: end === NONE ? undefined : end };
  }

  /** The innermost message that is open at the event; its own `begin` and `end` belong to it. */
  of(event: number): MessageSpan | undefined {
    let index = this.#begins.rank(event) - 1;
    while (index >= 0) {
      if (this.#ends.at(index) >= event) return this.at(index);
      const parent = this.#parents.at(index);
      index = parent === NONE ? -1 : parent;
    }
    return undefined;
  }

  /** The messages around the event, innermost first. */
  around(event: number): readonly MessageSpan[] {
    const spans: MessageSpan[] = [];
    const innermost = this.of(event);
    for (let index = innermost?.index ?? NONE; index !== NONE; index = this.#parents.at(index)) {
      if (this.#ends.at(index) >= event) spans.push(this.at(index));
    }
    return spans;
  }

  /** Takes a message and all that are open inside of it off; how many those inside were. The last event of each is the one before. */
  #closeFrom(outermost: OpenMessage, event: number): number {
    for (let inner = 0; ; inner++) {
      const closed = this.#open.pop();
      if (!closed) return inner;
      this.#ends.set(closed.index, event - 1);
      if (closed.outer) this.#latest.set(closed.message, closed.outer);
      else this.#latest.delete(closed.message);
      if (closed === outermost) return inner;
    }
  }

  /** The event from which on the `end` at `event` undoes; undefined where it undoes nothing. */
  undoneFrom(event: number): number | undefined {
    const place = this.#undoings.rank(event) - 1;
    return place >= 0 && this.#undoings.at(place) === event ? this.#undone.at(place) : undefined;
  }
}
