import { NumberList } from './number-list.ts';

const NONE = 0xffff_ffff;

/** A message that a canister executed, or a call of a library: the events from its `begin` to its `end`. */
export interface MessageSpan {
  /** The message's number in this trace, from 0. */
  readonly index: number;
  /** The event that begins it. */
  readonly begin: number;
  /** The event that ends it; undefined where the trace has none. */
  readonly end: number | undefined;
}

/** Which message an event belongs to. Messages may lie inside of each other, as the calls of a library inside of a canister's message. */
export class Messages {
  readonly #begins = NumberList.counts();
  readonly #ends = NumberList.counts();
  /** The message that was open when this one began. */
  readonly #parents = NumberList.counts();
  /** Those that have not ended: by number in the file, where they stand in the lists. The latest last. */
  readonly #open: { readonly message: number; readonly index: number }[] = [];
  /** Ends that undo, ascending, and the first event that each undoes. */
  readonly #undoings = NumberList.counts();
  readonly #undone = NumberList.counts();

  get count(): number {
    return this.#begins.length;
  }

  begin(message: number, event: number): void {
    this.#parents.push(this.#open.at(-1)?.index ?? NONE);
    this.#open.push({ message, index: this.#begins.length });
    this.#begins.push(event);
    this.#ends.push(NONE);
  }

  end(message: number, event: number, undoes: boolean): void {
    const place = this.#open.findLastIndex((open) => open.message === message);
    const [ended] = place === -1 ? [] : this.#open.splice(place, 1);
    if (!ended) return;
    this.#ends.set(ended.index, event);
    if (!undoes) return;
    this.#undoings.push(event);
    this.#undone.push(this.#begins.at(ended.index));
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

  /** The event from which on the `end` at `event` undoes; undefined where it undoes nothing. */
  undoneFrom(event: number): number | undefined {
    const place = this.#undoings.rank(event) - 1;
    return place >= 0 && this.#undoings.at(place) === event ? this.#undone.at(place) : undefined;
  }
}
