import type { Budget } from '../../core/budget.ts';
import { findRecovered, type Sources } from '../../recover/find-recovered.ts';
import type { Confidence, Recovered, RecoverySource } from '../../recover/recovered.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { type EntryLine, entryLine } from '../entries.ts';

/** One line of `stable-memory recover --entries --json`: an element in bytes that its structure no longer uses. */
export interface RecoverLine extends Omit<EntryLine, 'index' | 'origin'> {
  /** The id of the structure. */
  readonly part: string;
  readonly source: RecoverySource;
  readonly confidence: Confidence;
  /** A sentence about what is doubtful or lost. */
  readonly reason?: string;
  /** Set if the key, or the very same bytes, are in use, too: with the same value or with another one. */
  readonly inUse?: 'same' | 'other-value';
  /** The position that it had, in structures that number their elements. */
  readonly position?: number;
}

/** The elements that were found in one kind of place of a structure. */
interface RecoveredCount {
  readonly part: string;
  readonly source: RecoverySource;
  readonly whole: number;
  readonly doubtful: number;
  readonly partial: number;
  /** Those of them that are in use, too, with the same value and with another one. */
  readonly inUse: number;
  readonly otherValue: number;
}

/** The report of `stable-memory recover --json`. */
export interface RecoverReport {
  readonly schema: 'stable-memory/recover/1';
  /** True if everything was searched. */
  readonly complete: boolean;
  /** A sentence about what was not searched, if anything. */
  readonly reason?: string;
  readonly entries: number;
  readonly sources: readonly RecoveredCount[];
  /** Memories whose header is lost, and in which no element can be told apart. */
  readonly hidden: readonly { readonly part: string; readonly reason: string }[];
}

type Tally = { -readonly [Field in keyof RecoveredCount]: RecoveredCount[Field] };

/** One search for elements that can be recovered, and what is known of it after it. */
export class RecoverySearch {
  readonly #snapshot: Snapshot;
  readonly #sources: Sources;
  readonly #budget: Budget;
  readonly #tallies = new Map<string, Tally>();
  #entries = 0;

  constructor(snapshot: Snapshot, sources: Sources, budget: Budget) {
    this.#snapshot = snapshot;
    this.#sources = sources;
    this.#budget = budget;
  }

  /** Number of elements that were found so far. */
  get entries(): number {
    return this.#entries;
  }

  /** Yields the elements, and undefined now and then. */
  *found(): Generator<Recovered | undefined> {
    for (const recovered of findRecovered(this.#snapshot, this.#sources, this.#budget)) {
      if (recovered !== undefined) this.#add(recovered);
      yield recovered;
    }
  }

  /** Yields the elements decoded, and undefined now and then. */
  *lines(): Generator<RecoverLine | undefined> {
    for (const recovered of this.found()) yield recovered && this.lineOf(recovered);
  }

  /** Returns an element as a line, decoded. */
  lineOf({ placed, element, source, confidence, reason, inUse }: Recovered): RecoverLine {
    const { index: _, origin: _origin, ...line } = entryLine(this.#snapshot, placed, element, this.#budget);
    const position = element.residual?.position;
    return {
      part: placed.part,
      source,
      confidence,
      ...(reason === undefined ? {} : { reason }),
      ...(inUse === undefined ? {} : { inUse }),
      ...(position === undefined ? {} : { position }),
      ...line,
    };
  }

  report(): RecoverReport {
    const { cutShort } = this.#budget;
    const isLacking = this.#snapshot.places.isIncomplete;
    const reason =
      cutShort ?? (isLacking ? 'The file lacks bytes of the snapshot. Structures in them were not searched.' : undefined);
    return {
      schema: 'stable-memory/recover/1',
      complete: reason === undefined,
      ...(reason === undefined ? {} : { reason }),
      entries: this.#entries,
      sources: [...this.#tallies.values()],
      hidden: this.#sources.hidden.map(({ space, reason: why }) => ({ part: space.part, reason: why })),
    };
  }

  #add({ placed: { part }, source, confidence, inUse }: Recovered): void {
    const name = `${part} ${source}`;
    const tally = this.#tallies.get(name) ?? { part, source, whole: 0, doubtful: 0, partial: 0, inUse: 0, otherValue: 0 };
    tally[confidence] += 1;
    if (inUse === 'same') tally.inUse += 1;
    if (inUse === 'other-value') tally.otherValue += 1;
    this.#tallies.set(name, tally);
    this.#entries += 1;
  }
}
