import { formatCount } from '../../../engine/core/format.ts';
import { PROTOCOL_VERSION } from '../../../engine/views/protocol.ts';
import type { KnownLength, RowFormat, TableRow, TableSearch } from '../../../engine/views/table/calls.ts';
import type { TableNotification } from '../../../engine/views/table/page.ts';
import { clampRow, revealing } from '../../scroll.ts';
import { fittingWidths } from '../grid/widths.ts';
import { type CachedRow, RowCache } from './row-cache.ts';
import { RowLoader } from './row-loader.ts';
import { parseSaved, type Saved } from './saved.ts';
import { runSearch, type Target } from './search-run.ts';
import { nextSort, sorted } from './sorting.ts';
import type { TableHost } from './table-host.ts';
import {
  countedOf,
  type Filtered,
  INITIAL_STATE,
  listedRows,
  rowAt,
  rowCount,
  scrollOf,
  shownColumns,
  summaryOf,
  type TableState,
  totalOf,
} from './table-state.ts';
import { wantedRows } from './wanted-rows.ts';

/** Maximum rows that a filter collects. */
const MAX_MATCHES = 10_000;
/** A table with at most so many rows is sorted as a whole; of a larger one, the rows that are loaded, and so many from the first on screen. */
const MAX_SORTED_WHOLE = 10_000;
const MIN_SORTED = 2_000;
/** Delay before the state is saved. Milliseconds. */
const SAVE_DELAY = 250;

/** Model of the table. Changes the state on user actions and messages of the host, and reads what is missing on screen. */
export class TableModel {
  readonly #host: TableHost;
  readonly #listeners = new Set<(state: TableState) => void>();
  readonly #cache = new RowCache();
  readonly #loader: RowLoader;
  #state: TableState = INITIAL_STATE;
  #saved: Saved;
  /** Index of the first row to sort, and of the one after the last. */
  #toSort: readonly [from: number, to: number] | undefined;
  /** The number of the filter that runs. Those before it have ended. */
  #filterRun = 0;
  #saveTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: TableHost) {
    this.#host = host;
    this.#saved = parseSaved(host.saved);
    this.#loader = new RowLoader(host, this.#cache, {
      target: () => this.#target,
      generation: () => this.#state.generation,
      wanted: () => wantedRows(this.#state, this.#cache, this.#toSort),
      isIndexing: () =>
        this.#state.stage.kind === 'shown' && this.#state.stage.memory.kind === 'snapshot' && !this.#state.isWhole,
      onRead: (length, rows, error) => this.#read(length, rows, error),
    });
  }

  get state(): TableState {
    return this.#state;
  }

  subscribe(listener: (state: TableState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    this.#host.notify({ notification: 'ready', version: PROTOCOL_VERSION });
  }

  receive(message: TableNotification): void {
    switch (message.notification) {
      case 'table':
        if (message.version === PROTOCOL_VERSION) this.#show(message);
        else this.#change({ stage: { kind: 'error', text: 'The extension was updated. Reload the window to continue.' } });
        return;
      case 'go':
        if ('index' in message.to) this.#visit(message.to.index);
        else void this.#find(message.to, 'the row of this byte');
        return;
      case 'stale':
        this.#change({ stale: message.text });
        return;
      case 'problem':
        this.#change({ stage: { kind: 'error', text: message.text }, generation: this.#state.generation + 1 });
    }
  }

  /** Returns the row at a position among those that are listed; undefined if it was not read yet. */
  rowAt(position: number): CachedRow | undefined {
    return rowAt(this.#state, (index) => this.#cache.get(index), position);
  }

  // What is on screen

  layOut(seen: number): void {
    if (seen !== this.#state.seen) this.#change({ seen, top: clampRow({ ...scrollOf(this.#state), seen }, this.#state.top) });
  }

  scroll(top: number): void {
    this.#change({ top: clampRow(scrollOf(this.#state), top) });
  }

  /** Selects a cell. The rows follow. */
  moveTo(row: number, column: number): void {
    const last = rowCount(this.#state) - 1;
    const cursor = {
      row: Math.max(-1, Math.min(row, last)),
      column: Math.max(0, Math.min(column, shownColumns(this.#state).length - 1)),
    };
    const top = cursor.row < 0 ? 0 : revealing(scrollOf(this.#state), cursor.row);
    this.#change({ cursor, top, note: undefined });
  }

  // Columns

  showColumn(id: string, isShown: boolean): void {
    const { arrangement } = this.#state;
    this.#change({ arrangement: { ...arrangement, shown: { ...arrangement.shown, [id]: isShown } } });
  }

  resize(id: string, width: number | undefined): void {
    const { [id]: _, ...others } = this.#state.arrangement.widths;
    const widths = width === undefined ? others : { ...others, [id]: Math.max(32, Math.round(width)) };
    this.#change({ arrangement: { ...this.#state.arrangement, widths } });
  }

  // Rows

  /** Shows the bytes of a row in the memory's editor. */
  showBytes(position: number): void {
    const row = this.rowAt(position);
    if (row === undefined || row === 'unreadable') return;
    if (row.at === undefined) this.#change({ note: `The image does not have the bytes of row ${formatCount(row.index)}.` });
    else this.#host.notify({ notification: 'bytes', at: row.at });
  }

  copy(position: number, format: RowFormat): void {
    const row = this.rowAt(position);
    if (row === undefined || row === 'unreadable') return;
    const columns = shownColumns(this.#state).map(({ id }) => id);
    this.#host.notify({ notification: 'copy', index: row.index, format, columns });
  }

  goToIndex(index: number): void {
    this.#visit(index);
  }

  /** Goes to the next key that is or contains a text. */
  goToKey(text: string): void {
    void this.#find({ kind: 'key', text, after: this.#selectedIndex ?? -1 }, `the key “${text}”`);
  }

  // Filter

  /** Lists the rows for which an expression holds; without one, all. */
  setFilter(text: string): void {
    const expression = text.trim();
    if (expression === '') this.#clearFilter();
    else void this.#filter(expression);
  }

  /** Ends what goes on: a filter keeps what it found. */
  stop(): void {
    const { filter, sort, sorted: rows } = this.#state;
    this.#filterRun += 1;
    if (filter !== undefined && filter.end === undefined) this.#change({ filter: { ...filter, end: 'stopped' } });
    this.#toSort = undefined;
    this.#change({ jump: undefined, unread: 0, sort: rows === undefined && filter === undefined ? undefined : sort });
  }

  async #filter(expression: string): Promise<void> {
    const target = this.#target;
    if (target === undefined) return;
    this.#filterRun += 1;
    const run = this.#filterRun;
    let mine: Filtered = { expression, rows: [], searched: 0, end: undefined, note: undefined };
    let isShown = false;
    const problem = await runSearch(this.#host, target, { kind: 'filter', expression }, (part) => {
      if (run !== this.#filterRun) return false;
      const rows = [...mine.rows, ...part.rows].slice(0, MAX_MATCHES);
      const end = part.isDone ? 'done' : rows.length === MAX_MATCHES ? 'full' : undefined;
      const searched = Math.max(mine.searched, part.searched, (rows.at(-1)?.index ?? -1) + 1);
      mine = { expression, rows, searched, end, note: part.note };
      this.#list({ filter: mine, problem: undefined }, !isShown);
      isShown = true;
      if (end !== undefined) this.#announceFilter(mine);
      return end === undefined;
    });
    if (problem !== undefined && run === this.#filterRun) this.#change({ problem, announcement: problem.text });
  }

  #announceFilter({ rows }: Filtered): void {
    const summary = summaryOf(this.#state);
    if (summary) this.#change({ announcement: `${countedOf(rows.length, summary.nouns)} match.` });
  }

  #clearFilter(): void {
    this.#filterRun += 1;
    if (this.#state.filter === undefined) this.#change({ problem: undefined });
    else this.#visit(this.#selectedIndex ?? 0);
  }

  // Order

  /** Sorts the loaded rows by a column, or ends that. */
  sortBy(column: string): void {
    const sort = nextSort(this.#state.sort, column);
    if (sort === undefined) this.#unsort();
    else if (this.#state.filter !== undefined || this.#state.sorted !== undefined) this.#list({ sort }, true);
    else {
      const total = totalOf(this.#state);
      const from = total <= MAX_SORTED_WHOLE ? 0 : Math.min(Math.floor(this.#state.top), total - MIN_SORTED);
      this.#toSort = [from, total <= MAX_SORTED_WHOLE ? total : from + MIN_SORTED];
      this.#change({ sort, unread: this.#toSort[1] - from });
      this.#sortWhenRead();
    }
  }

  #unsort(): void {
    if (this.#state.filter === undefined) this.#visit(this.#selectedIndex ?? 0);
    else this.#change({ sort: undefined, sorted: undefined });
  }

  #sortWhenRead(): void {
    if (this.#toSort === undefined) return;
    const [from, to] = this.#toSort;
    const end = this.#state.isWhole ? Math.min(to, this.#state.known) : to;
    const missing = this.#cache.missing(from, end);
    if (missing === undefined) {
      this.#toSort = undefined;
      this.#list({ sorted: this.#cache.all(), unread: 0 }, true);
    } else if (end - missing.from !== this.#state.unread) this.#change({ unread: end - missing.from });
  }

  /** Changes what is listed, and puts it in order. `isNew`: it is shown from its beginning. */
  #list(change: Partial<TableState>, isNew: boolean): void {
    const next = { ...this.#state, ...change };
    const column = summaryOf(next)?.columns.findIndex(({ id }) => id === next.sort?.column) ?? -1;
    const rows: readonly TableRow[] | undefined = next.filter?.rows ?? next.sorted;
    const order = next.sort === undefined || rows === undefined ? next.sorted : sorted(rows, column, next.sort.direction);
    const start = isNew ? { top: 0, cursor: { row: 0, column: next.cursor.column } } : {};
    this.#change({ ...change, sorted: next.sort === undefined && next.filter !== undefined ? undefined : order, ...start });
  }

  // Finding a row

  async #find(wanted: TableSearch, what: string): Promise<void> {
    const target = this.#target;
    if (target === undefined) return;
    const asked = this.#state.generation;
    let jump = { text: what, searched: 0 };
    this.#change({ jump, note: undefined });
    const problem = await runSearch(this.#host, target, wanted, (part) => {
      if (asked !== this.#state.generation || this.#state.jump !== jump) return false;
      const [row] = part.rows;
      if (row !== undefined) {
        this.#cache.add(row.index, row.index + 1, [row]);
        this.#visit(row.index);
        return false;
      }
      jump = { text: what, searched: part.searched };
      this.#change(part.isDone ? { jump: undefined, note: part.note, announcement: part.note ?? '' } : { jump });
      return true;
    });
    if (problem !== undefined) this.#change({ jump: undefined, note: problem.text, announcement: problem.text });
  }

  /** Goes to a row of the whole table by its index. */
  #visit(index: number): void {
    const { cursor } = this.#state;
    this.#toSort = undefined;
    this.#filterRun += 1;
    this.#change({ filter: undefined, problem: undefined, sort: undefined, sorted: undefined, unread: 0, jump: undefined });
    this.moveTo(Math.max(0, index), cursor.column);
    this.#change({ announcement: `Row ${formatCount(this.#state.cursor.row)}` });
  }

  // Content

  /** The index of the selected row, if it was read. */
  get #selectedIndex(): number | undefined {
    const row = this.rowAt(this.#state.cursor.row);
    return row === undefined || row === 'unreadable' ? undefined : row.index;
  }

  get #target(): Target | undefined {
    const { stage } = this.#state;
    return stage.kind === 'shown' ? { memory: stage.memory, part: stage.summary.part } : undefined;
  }

  #show({ memory, summary }: TableNotification & { readonly notification: 'table' }): void {
    const { stage, filter, sort, generation } = this.#state;
    const isSame = stage.kind === 'shown' || generation > 0;
    const isRestored =
      !isSame && this.#saved.part === summary.part && JSON.stringify(this.#saved.memory) === JSON.stringify(memory);
    this.#cache.clear();
    this.#toSort = undefined;
    this.#filterRun += 1;
    this.#change({
      stage: { kind: 'shown', memory, summary },
      generation: generation + 1,
      known: summary.known,
      isWhole: summary.isWhole,
      fitting: {},
      arrangement: isSame ? this.#state.arrangement : this.#saved.arrangement,
      sorted: undefined,
      unread: 0,
      jump: undefined,
      note: undefined,
      error: undefined,
      stale: undefined,
      ...(isRestored && { top: this.#saved.top, cursor: { row: this.#saved.selected, column: 0 } }),
    });
    // The same rows as before, with what they hold now.
    const expression = isSame ? filter?.expression : isRestored ? this.#saved.filter : undefined;
    if (expression) void this.#filter(expression);
    else if (sort !== undefined) {
      this.#change({ sort: undefined });
      this.sortBy(sort.column);
    }
  }

  #read(length: KnownLength | undefined, rows: readonly TableRow[], error: string | undefined): void {
    const { fitting, reads } = this.#state;
    const columns = summaryOf(this.#state)?.columns ?? [];
    this.#change({
      ...(length && { known: Math.max(length.known, this.#state.known), isWhole: length.isWhole }),
      reads: reads + 1,
      error,
      fitting: rows.length > 0 ? fittingWidths(columns, rows, fitting) : fitting,
    });
    this.#sortWhenRead();
  }

  #change(change: Partial<TableState>): void {
    this.#state = { ...this.#state, ...change };
    this.#loader.update();
    for (const listener of this.#listeners) listener(this.#state);
    this.#saveTimer ??= setTimeout(() => this.#save(), SAVE_DELAY);
  }

  #save(): void {
    this.#saveTimer = undefined;
    const target = this.#target;
    if (target === undefined) return;
    const { top, cursor, filter, arrangement } = this.#state;
    // Places in a list of found rows are not those in the table.
    const place = listedRows(this.#state) === undefined ? { top, selected: Math.max(0, cursor.row) } : { top: 0, selected: 0 };
    this.#saved = { ...target, ...place, filter: filter?.expression ?? '', arrangement };
    this.#host.save(this.#saved);
  }
}
