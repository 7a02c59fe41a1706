import { ADDED_IMPORTS } from './host.ts';

/** The functions of the original module: where they are in the new one, and which of them can be called through a table. */
export class FunctionIndexes {
  readonly #imported: number;
  readonly #taken = new Set<number>();

  constructor(imported: number) {
    this.#imported = imported;
  }

  /** The functions to which a reference is made. */
  get taken(): ReadonlySet<number> {
    return this.#taken;
  }

  /** Notes that a reference to a function is made. */
  take(index: number): void {
    this.#taken.add(index);
  }

  /** Returns the index in the new module. */
  shifted(index: number): number {
    return index < this.#imported ? index : index + ADDED_IMPORTS;
  }
}
