import type { Element } from '../core/structure.ts';

/** An element that two states of a structure do not share. */
export type EntryChange =
  | { readonly kind: 'added'; readonly before?: undefined; readonly after: Element }
  | { readonly kind: 'removed'; readonly before: Element; readonly after?: undefined }
  | { readonly kind: 'changed'; readonly before: Element; readonly after: Element };

export type ChangeKind = EntryChange['kind'];

/** Counts the changes of a structure, and passes each on. */
export class Changes {
  added = 0;
  removed = 0;
  changed = 0;
  /** Elements whose bytes damage hides, on either side. They are not compared. */
  unreadable = 0;
  readonly #onChange: (change: EntryChange) => void;

  constructor(onChange: (change: EntryChange) => void = () => undefined) {
    this.#onChange = onChange;
  }

  add(after: Element): void {
    this.added += 1;
    this.#onChange({ kind: 'added', after });
  }

  remove(before: Element): void {
    this.removed += 1;
    this.#onChange({ kind: 'removed', before });
  }

  change(before: Element, after: Element): void {
    this.changed += 1;
    this.#onChange({ kind: 'changed', before, after });
  }
}
