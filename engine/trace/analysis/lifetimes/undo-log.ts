import { type ChangeLog, NO_PAGES, type SpaceLife } from './space-life.ts';

type Change =
  | { readonly kind: 'began' | 'ended'; readonly space: SpaceLife; readonly record: number }
  | { readonly kind: 'resized'; readonly space: SpaceLife; readonly size: number; readonly pages: number }
  | { readonly kind: 'forgotten'; readonly space: SpaceLife };

interface OpenMessage {
  /** The event that began it. */
  readonly begin: number;
  /** The number of changes and of spaces before it. */
  readonly changes: number;
  readonly spaces: number;
}

/** The changes by the open messages, so that a message can be undone when it traps or ends as a query. */
export class UndoLog implements ChangeLog {
  /** All spaces, in the order of their first declarations. */
  readonly #spaces: readonly SpaceLife[];
  readonly #open: OpenMessage[] = [];
  readonly #changes: Change[] = [];

  constructor(spaces: readonly SpaceLife[]) {
    this.#spaces = spaces;
  }

  began(space: SpaceLife, record: number): void {
    if (this.#open.length > 0) this.#changes.push({ kind: 'began', space, record });
  }

  ended(space: SpaceLife, record: number): void {
    if (this.#open.length > 0) this.#changes.push({ kind: 'ended', space, record });
  }

  resized(space: SpaceLife, size: number, pages: number): void {
    if (this.#open.length > 0) this.#changes.push({ kind: 'resized', space, size, pages });
  }

  forgotten(space: SpaceLife): void {
    if (this.#open.length > 0) this.#changes.push({ kind: 'forgotten', space });
  }

  beginMessage(event: number): void {
    this.#open.push({ begin: event, changes: this.#changes.length, spaces: this.#spaces.length });
  }

  /** Ends the message that began at an event, and those within it. Undoes their changes at a step, if that is given. */
  endMessage(begin: number | undefined, undoneAt: number | undefined): void {
    const place = begin === undefined ? -1 : this.#open.findLastIndex((message) => message.begin === begin);
    const message = this.#open[place];
    if (!message) return;
    this.#open.length = place;
    if (undoneAt !== undefined) this.#undo(message, undoneAt);
    if (place === 0) this.#changes.length = 0;
  }

  /** Forgets all open messages, because a header follows. */
  endAll(): void {
    this.#open.length = 0;
    this.#changes.length = 0;
  }

  #undo({ changes, spaces }: OpenMessage, step: number): void {
    const declaredInside = this.#spaces.slice(spaces);
    const pagesInside = declaredInside.map((space) => space.pages.last);
    /** Blocks that were live before the message. */
    const freed = new Map<SpaceLife, Set<number>>();
    for (let index = this.#changes.length - 1; index >= changes; index--) {
      const change = this.#changes[index];
      if (!change) continue;
      const { space } = change;
      switch (change.kind) {
        case 'began':
          if (!freed.get(space)?.delete(change.record)) space.undoBegin(step, change.record);
          break;
        case 'ended': {
          const ofSpace = freed.get(space);
          if (ofSpace) ofSpace.add(change.record);
          else freed.set(space, new Set([change.record]));
          break;
        }
        case 'resized':
          space.sizes.set(step, change.size);
          space.pages.set(step, change.pages);
          break;
        case 'forgotten':
          if (!declaredInside.includes(space)) space.known = true;
      }
    }
    // A space that the message declared remains, but empty.
    for (const [index, space] of declaredInside.entries()) {
      space.sizes.set(step, 0);
      space.pages.set(step, pagesInside[index] === NO_PAGES ? NO_PAGES : 0);
    }
    this.#changes.length = changes;
    for (const [space, records] of freed) {
      for (const record of records) {
        const again = space.undoEnd(step, record);
        this.ended(space, record);
        this.began(space, again);
      }
    }
  }
}
