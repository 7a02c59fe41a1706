import type { Budget } from '../../../core/budget.ts';
import type { Element } from '../../../core/structure.ts';
import { Marks } from '../marks.ts';
import type { KeyForm, TreeShape } from '../nodes/node.ts';
import { TreeWalk, type WalkPath } from './walk.ts';

/** Runs between two places from which a walk can start again. */
const RUNS_PER_STOP = 256;

interface Stop {
  /** Index of the first entry after the stop. */
  readonly entry: number;
  readonly path: WalkPath;
}

/**
 * Finds entries by their index. The tree is walked once, as far as needed. Only some stops on the way are kept, so that the index
 * of a hundred million entries takes a few megabytes, and any range is at most a few hundred nodes away from a stop.
 */
export class EntryIndex {
  readonly #shape: TreeShape;
  readonly #root: number;
  readonly #form: KeyForm;
  /** Pointers that the first walk did not follow; later walks do not follow them, either. */
  readonly #refused = new Set<number>();
  readonly #walk: TreeWalk;
  readonly #stops: Stop[] = [];
  #entries = 0;
  #runs = 0;
  #whole = false;

  constructor(shape: TreeShape, root: number, form: KeyForm) {
    this.#shape = shape;
    this.#root = root;
    this.#form = form;
    this.#walk = new TreeWalk(shape, root, form, { marks: new Marks(), refused: this.#refused });
  }

  /** Returns the number of entries, as far as the budget allows. */
  count(budget: Budget): number {
    this.#advance(Number.POSITIVE_INFINITY, budget);
    return this.#entries;
  }

  /** Returns entries `from` to `from + limit`; fewer when they end, or the budget does. */
  elements(from: number, limit: number, withValues: boolean, budget: Budget): readonly Element[] {
    const end = from + limit;
    this.#advance(end, budget);
    const elements: Element[] = [];
    const stop = this.#stopBefore(from);
    const walk = new TreeWalk(this.#shape, this.#root, this.#form, { refused: this.#refused }, stop.path);
    let entry = stop.entry;
    while (entry < Math.min(end, this.#entries) && walk.next(budget)) {
      for (let index = 0; index < walk.count; index += 1, entry += 1) {
        if (entry < from || entry >= end) continue;
        const key = walk.reader.key(walk.first + index);
        const value = withValues ? walk.reader.value(walk.first + index) : undefined;
        elements.push({ index: entry, ...(key && { key }), ...(value && { value }) });
      }
    }
    return elements;
  }

  #advance(until: number, budget: Budget): void {
    while (!this.#whole && this.#entries < until) {
      if (this.#runs % RUNS_PER_STOP === 0 && this.#stops.at(-1)?.entry !== this.#entries) {
        this.#stops.push({ entry: this.#entries, path: this.#walk.path });
      }
      if (!this.#walk.next(budget)) {
        this.#whole = budget.cutShort === undefined;
        return;
      }
      this.#entries += this.#walk.count;
      this.#runs += 1;
    }
  }

  #stopBefore(entry: number): Stop {
    let [low, high] = [0, this.#stops.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#stops[middle]?.entry ?? 0) <= entry) low = middle + 1;
      else high = middle;
    }
    return this.#stops[low - 1] ?? { entry: 0, path: [] };
  }
}
