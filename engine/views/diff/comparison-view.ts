import { compareSnapshots, type SnapshotComparison } from '../../compare/compare-snapshots.ts';
import type { ScannedSnapshot } from '../../compare/scanned-snapshot.ts';
import type { Sliced } from '../../core/slices.ts';
import { UserError } from '../../core/user-error.ts';
import { scanInSlices } from '../../snapshot/full-scan.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { ChangeMap, ComparisonSummary, DiffCalls, DifferenceRows, EntryDetails } from './calls.ts';
import { comparisonSummary } from './comparison-summary.ts';
import { EntryList } from './entry-list.ts';
import { ImageChanges } from './image-changes.ts';

type Params<Name extends keyof DiffCalls> = DiffCalls[Name]['params'];

interface Compared {
  readonly before: ScannedSnapshot;
  readonly after: ScannedSnapshot;
  readonly comparison: SnapshotComparison;
}

/** Two memories that are compared, and what is shown of their differences. */
export class ComparisonView {
  readonly #before: Snapshot;
  readonly #after: Snapshot;
  #compared: Compared | undefined;
  #images: ImageChanges | undefined;
  /** The list that is shown. Another one takes its place, so that memory is bounded. */
  #list: { readonly structure: number; readonly entries: EntryList } | undefined;
  /** The present work, for people. */
  doing = '';

  constructor(before: Snapshot, after: Snapshot) {
    this.#before = before;
    this.#after = after;
  }

  /** Compares both memories, in slices. Returns a summary. */
  *compare(): Sliced<ComparisonSummary> {
    this.doing = `Reading all of ${this.#before.title}`;
    const before = { snapshot: this.#before, scan: yield* scanInSlices(this.#before) };
    this.doing = `Reading all of ${this.#after.title}`;
    const after = { snapshot: this.#after, scan: yield* scanInSlices(this.#after) };
    this.doing = 'Comparing their structures';
    const comparison = yield* compareSnapshots(before, after);
    this.#compared = { before, after, comparison };
    return comparisonSummary(this.#before, this.#after, comparison);
  }

  map({ cells }: Params<'diff/map'>): ChangeMap {
    this.#images ??= new ImageChanges(this.#before, this.#after);
    return this.#images.map(cells);
  }

  entries({ structure, only, from, count }: Params<'diff/entries'>): DifferenceRows {
    return this.#listOf(structure).rows(only, from, count);
  }

  entry({ structure, only, position }: Params<'diff/entry'>): EntryDetails {
    return this.#listOf(structure).details(only, position);
  }

  #listOf(structure: number): EntryList {
    if (this.#list?.structure === structure) return this.#list.entries;
    const pair = this.#compared?.comparison.structures[structure];
    if (this.#compared === undefined || pair === undefined)
      throw new UserError('request', 'The snapshots are not compared yet. Compare them again.');
    const entries = new EntryList(this.#compared.before, this.#compared.after, pair);
    this.#list = { structure, entries };
    return entries;
  }
}
