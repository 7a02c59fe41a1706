import { UserError } from '../../../engine/core/user-error.ts';
import type { KnownLength, TableRow } from '../../../engine/views/table/calls.ts';
import { receivedRows } from './received-rows.ts';
import type { RowCache } from './row-cache.ts';
import type { Target } from './search-run.ts';
import type { TableHost } from './table-host.ts';

/** Pause between two slices of the search for all elements, in which others are served. Milliseconds. */
const PAUSE = 30;

/** A range of rows that somebody waits for. */
export interface WantedRows {
  readonly from: number;
  readonly count: number;
}

/** The model that needs the rows. */
interface Owner {
  readonly target: () => Target | undefined;
  readonly generation: () => number;
  /** Returns the rows to read next; undefined when all that are needed were read. */
  readonly wanted: () => WantedRows | undefined;
  /** Returns true while elements are still to be found. */
  readonly isIndexing: () => boolean;
  /** Called after each answer, with the rows that were read. `error` says why they could not be read. */
  readonly onRead: (length: KnownLength | undefined, rows: readonly TableRow[], error?: string) => void;
}

/** Reads the rows that are needed, one request at a time, and finds all elements when nothing else is to do. */
export class RowLoader {
  readonly #host: TableHost;
  readonly #cache: RowCache;
  readonly #owner: Owner;
  #isBusy = false;
  #pause: ReturnType<typeof setTimeout> | undefined;
  /** The last request that failed. It is not repeated until something else is wanted. */
  #failed = '';
  /** The generation in which elements could not be searched for. */
  #failedIndex = -1;

  constructor(host: TableHost, cache: RowCache, owner: Owner) {
    this.#host = host;
    this.#cache = cache;
    this.#owner = owner;
  }

  /** Reads what is needed now. */
  update(): void {
    const { target, generation, wanted, isIndexing } = this.#owner;
    const of = target();
    if (this.#isBusy || of === undefined) return;
    const rows = wanted();
    if (rows !== undefined && this.#failed !== keyOf(generation(), rows)) void this.#read(of, rows);
    else if (isIndexing() && this.#failedIndex !== generation()) this.#pause ??= setTimeout(() => void this.#index(), PAUSE);
  }

  async #read(target: Target, rows: WantedRows): Promise<void> {
    const asked = this.#owner.generation();
    this.#isBusy = true;
    try {
      const result = await this.#host.call('table/rows', { ...target, ...rows });
      this.#isBusy = false;
      if (asked !== this.#owner.generation()) return this.update();
      const read = receivedRows(result.rows);
      this.#cache.add(rows.from, result.until, read);
      this.#owner.onRead(result, read);
    } catch (error) {
      this.#isBusy = false;
      if (!(error instanceof UserError)) throw error;
      this.#failed = keyOf(asked, rows);
      if (asked === this.#owner.generation()) this.#owner.onRead(undefined, [], error.message);
    }
  }

  async #index(): Promise<void> {
    this.#pause = undefined;
    const of = this.#owner.target();
    if (this.#isBusy || of === undefined || !this.#owner.isIndexing()) return;
    const asked = this.#owner.generation();
    this.#isBusy = true;
    try {
      const length = await this.#host.call('table/index', of);
      this.#isBusy = false;
      if (asked === this.#owner.generation()) this.#owner.onRead(length, []);
    } catch (error) {
      this.#isBusy = false;
      if (!(error instanceof UserError)) throw error;
      this.#failedIndex = asked;
      if (asked === this.#owner.generation()) this.#owner.onRead(undefined, [], error.message);
    }
  }
}

function keyOf(generation: number, { from, count }: WantedRows): string {
  return `${generation} ${from} ${count}`;
}
