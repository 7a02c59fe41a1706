import type { Budget } from '../core/budget.ts';
import type { Element, NodeBytes, Structure } from '../core/structure.ts';

/** Elements per read, for structures that are not trees. */
const BATCH = 1_000;

/** The elements of a structure one after the other, each read once. A tree is walked node by node. */
export class EntryStream {
  /** Elements that were passed on. */
  passed = 0;
  /** Nodes of the tree that damage hides, as far as it was walked. */
  broken = 0;
  readonly #batches: Iterator<readonly Element[], unknown, undefined>;
  #batch: readonly Element[] = [];
  #place = 0;

  /** @param source the elements in batches, or the structure that has them */
  constructor(source: Structure | Iterable<readonly Element[]>, budget: Budget, isWanted?: (node: NodeBytes) => boolean) {
    if (Symbol.iterator in source) this.#batches = source[Symbol.iterator]();
    else if (source.visitTree === undefined) this.#batches = batchesOf(source, budget);
    else this.#batches = this.#nodesOf(source, budget, isWanted);
  }

  next(): Element | undefined {
    while (this.#place >= this.#batch.length) {
      const turn = this.#batches.next();
      if (turn.done === true) return undefined;
      this.#batch = turn.value;
      this.#place = 0;
    }
    const element = this.#batch[this.#place];
    this.#place += 1;
    this.passed += 1;
    return element;
  }

  *#nodesOf(
    structure: Structure,
    budget: Budget,
    isWanted?: (node: NodeBytes) => boolean,
  ): Generator<readonly Element[], undefined, undefined> {
    let entries: Element[] = [];
    const walk = structure.visitTree?.({ entry: (entry) => entries.push(entry), ...(isWanted && { isWanted }) }, budget);
    for (let turn = walk?.next(); turn !== undefined; turn = walk?.next()) {
      if (entries.length > 0) yield entries;
      entries = [];
      if (turn.done !== true) continue;
      this.broken = turn.value;
      return undefined;
    }
    return undefined;
  }
}

function* batchesOf(structure: Structure, budget: Budget): Generator<readonly Element[], undefined, undefined> {
  for (let from = 0; ; ) {
    const batch = structure.elements(from, BATCH, budget);
    if (batch.length === 0) return undefined;
    yield batch;
    from += batch.length;
  }
}
