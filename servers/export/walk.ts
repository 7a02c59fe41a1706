import { Budget } from '../../engine/core/budget.ts';
import type { Role } from '../../engine/snapshot/decoding.ts';
import type { PlacedStructure } from '../../engine/snapshot/placed.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import { type EntryLine, entryLines, type IncompleteLine } from '../../engine/views/entries.ts';

/** One walk over all entries of a structure, and what is known about them after it. */
export class Walk {
  readonly #snapshot: Snapshot;
  readonly #placed: PlacedStructure;
  readonly #guessed = { key: new Set<string>(), value: new Set<string>() };
  #count = 0;
  #incomplete: string | undefined;

  constructor(snapshot: Snapshot, placed: PlacedStructure) {
    this.#snapshot = snapshot;
    this.#placed = placed;
  }

  get count(): number {
    return this.#count;
  }

  /** The reason why the walk was cut short, if it was. */
  get incomplete(): string | undefined {
    return this.#incomplete;
  }

  /** Returns the names of the guessed codecs with which keys or values were decoded. */
  guessed(role: Role): readonly string[] {
    return [...this.#guessed[role]];
  }

  *lines(): Generator<EntryLine | IncompleteLine> {
    for (const line of entryLines(this.#snapshot, this.#placed, { from: 0, limit: Number.POSITIVE_INFINITY }, new Budget())) {
      if ('incomplete' in line) this.#incomplete = line.reason;
      else this.#add(line);
      yield line;
    }
  }

  *entries(): Generator<EntryLine> {
    for (const line of this.lines()) if (!('incomplete' in line)) yield line;
  }

  #add({ guessed, keyCodec, valueCodec }: EntryLine): void {
    this.#count += 1;
    if (guessed && keyCodec !== undefined) this.#guessed.key.add(keyCodec);
    if (guessed && valueCodec !== undefined) this.#guessed.value.add(valueCodec);
  }
}
