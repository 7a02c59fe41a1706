import { formatCount, formatCounted } from '../core/format.ts';
import { NumberList } from './number-list.ts';

const NONE = 0xffff_ffff;

/** A message that a canister executed, or a call of a library: the events from its `begin` to its `end`. */
export interface MessageSpan {
  /** The message's number in this trace, from 0. */
  readonly index: number;
  /** The event that begins it. */
  readonly begin: number;
  /** Its `end`, or the last event before it was ended by another event. Undefined if it has no end in the trace. */
  readonly end: number | undefined;
}

interface OpenMessage {
  /** The number in the file. */
  readonly message: number;
  readonly index: number;
  /** The message with the same number that was open before. */
  readonly outer: OpenMessage | undefined;
}

/** Maps events to messages. Messages may be nested, such as calls of a library within a canister's message. */
export class Messages {
  readonly #begins = NumberList.counts();
  readonly #ends = NumberList.counts();
  /** The message that was open when this one began. */
  readonly #parents = NumberList.counts();
  /** Open messages, latest last. */
  readonly #open: OpenMessage[] = [];
  /** The latest open message, by number in the file. */
  readonly #latest = new Map<number, OpenMessage>();
  /** The `end` events that end a message, ascending, and the `begin` of each. */
  readonly #endings = NumberList.counts();
  readonly #begun = NumberList.counts();
  /** The `end` events that undo their message, ascending, and the first event that each undoes. */
  readonly #undoings = NumberList.counts();
  readonly #undone = NumberList.counts();

  get count(): number {
    return this.#begins.length;
  }

  /** Begins a message. Returns a sentence if there is something wrong. */
  begin(message: number, event: number): string | undefined {
    const outer = this.#latest.get(message);
    const open = { message, index: this.#begins.length, outer };
    this.#parents.push(this.#open.at(-1)?.index ?? NONE);
    this.#open.push(open);
    this.#latest.set(message, open);
    this.#begins.push(event);
    this.#ends.push(NONE);
    return outer && `Message ${formatCount(message)} begins again before it ends. Its next end ends the later one.`;
  }

  /** Ends the latest message with this number, and the messages within it. Returns a sentence if there is something wrong. */
  end(message: number, event: number, undoes: boolean): string | undefined {
    const ended = this.#latest.get(message);
    if (!ended) return `Message ${formatCount(message)} ends but is not open. Its end has no effect.`;
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
    return `Message ${formatCount(message)} ends before ${those} within it. The end of the outer one also ends the inner ones.`;
  }

  /** Closes all messages, because a header follows. No message continues after it. */
  close(event: number): void {
    const [outermost] = this.#open;
    if (outermost) this.#closeFrom(outermost, event);
  }

  /** Returns the `begin` of the message that the `end` at `event` ends, or undefined if it ends none. */
  begunBy(event: number): number | undefined {
    const place = this.#endings.rank(event) - 1;
    return place >= 0 && this.#endings.at(place) === event ? this.#begun.at(place) : undefined;
  }

  /** Returns the number of messages that begin before an event. */
  begunBefore(event: number): number {
    return this.#begins.rank(event - 1);
  }

  at(index: number): MessageSpan {
    const end = this.#ends.at(index);
    return { index, begin: this.#begins.at(index), end: end === NONE ? undefined : end };
  }

  /** Returns the innermost message that is open at an event. The message's `begin` and `end` belong to it. */
  of(event: number): MessageSpan | undefined {
    let index = this.#begins.rank(event) - 1;
    while (index >= 0) {
      if (this.#ends.at(index) >= event) return this.at(index);
      const parent = this.#parents.at(index);
      index = parent === NONE ? -1 : parent;
    }
    return undefined;
  }

  /** Returns the messages around an event, innermost first. */
  around(event: number): readonly MessageSpan[] {
    const spans: MessageSpan[] = [];
    const innermost = this.of(event);
    for (let index = innermost?.index ?? NONE; index !== NONE; index = this.#parents.at(index)) {
      if (this.#ends.at(index) >= event) spans.push(this.at(index));
    }
    return spans;
  }

  /** Returns true if the message that begins at this event ends with an undoing, in the whole trace. */
  willBeUndone(begin: number): boolean {
    const index = this.#begins.rank(begin) - 1;
    return index >= 0 && this.#begins.at(index) === begin && this.undoneFrom(this.#ends.at(index)) === begin;
  }

  /** Returns true if the event belongs to a message that is undone before event `before`. */
  isUndone(event: number, before: number): boolean {
    const innermost = this.of(event);
    for (let index = innermost?.index ?? NONE; index !== NONE; index = this.#parents.at(index)) {
      const end = this.#ends.at(index);
      if (end >= event && end < before && this.undoneFrom(end) === this.#begins.at(index)) return true;
    }
    return false;
  }

  /**
   * Closes a message and all open messages within it. Returns the number of those within it. The last event of each is the one
   * before `event`.
   */
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

  /** Returns the first event that the `end` at `event` undoes, or undefined if it undoes nothing. */
  undoneFrom(event: number): number | undefined {
    const place = this.#undoings.rank(event) - 1;
    return place >= 0 && this.#undoings.at(place) === event ? this.#undone.at(place) : undefined;
  }
}
