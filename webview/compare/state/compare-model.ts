import { formatCount } from '../../../engine/core/format.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import type { ChangeKind, ChangeMap, ComparedRow, DifferenceRow } from '../../../engine/views/diff/calls.ts';
import type { DiffNotification, SideName } from '../../../engine/views/diff/page.ts';
import { PROTOCOL_VERSION } from '../../../engine/views/protocol.ts';
import { clampRow, revealing } from '../../scroll.ts';
import { LatestQuery } from '../../state/latest-query.ts';
import { isChangedCell } from '../changes/cell-text.ts';
import type { CompareHost } from './compare-host.ts';
import {
  type CompareState,
  differencesOf,
  INITIAL_STATE,
  rowCount,
  scrollOf,
  shownOf,
  structureOf,
  structuresOf,
} from './compare-state.ts';
import { RowWindow } from './row-window.ts';
import { type Arrangement, parseSaved, type Saved } from './saved.ts';

/** Delay before the state is saved. Milliseconds. */
const SAVE_DELAY = 250;

/** Model of a comparison. Changes the state on user actions and messages of the host, and reads what is missing on screen. */
export class CompareModel {
  readonly #host: CompareHost;
  readonly #listeners = new Set<(state: CompareState) => void>();
  readonly #rows = new RowWindow();
  readonly #details: LatestQuery<'diff/entry'>;
  #state: CompareState;
  #saved: Saved;
  #isReading = false;
  #isMapping = false;
  #saveTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: CompareHost) {
    this.#host = host;
    this.#saved = parseSaved(host.saved);
    this.#state = { ...INITIAL_STATE, arrangement: this.#saved.arrangement };
    this.#details = new LatestQuery(host, 'diff/entry', (outcome) => {
      const { structure, only, selected, generation } = this.#state;
      const { params } = outcome;
      const isAsked = params.structure === structure && params.only === only && params.position === selected;
      if (outcome.generation !== generation || !isAsked) this.#change({});
      else this.#change('result' in outcome ? { details: outcome.result } : { details: undefined, error: outcome.error });
    });
  }

  get state(): CompareState {
    return this.#state;
  }

  subscribe(listener: (state: CompareState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    this.#host.notify({ notification: 'ready', version: PROTOCOL_VERSION });
  }

  receive(message: DiffNotification): void {
    switch (message.notification) {
      case 'progress':
        this.#change({ stage: { kind: 'waiting', text: message.text, part: message.part }, stale: undefined, error: undefined });
        return;
      case 'comparison':
        if (message.version === PROTOCOL_VERSION) this.#show(message);
        else this.#change({ stage: { kind: 'error', text: 'The extension was updated. Reload the window to continue.' } });
        return;
      case 'pairs': {
        const { before, after, pairs, folders } = message;
        this.#host.save({ folders });
        this.#change({ stage: { kind: 'folders', before, after, pairs } });
        return;
      }
      case 'go':
        this.goToDifference(message.by);
        return;
      case 'stale':
        this.#change({ stale: message.text });
        return;
      case 'problem':
        this.#change({ stage: { kind: 'error', text: message.text }, generation: this.#state.generation + 1 });
    }
  }

  /** Returns the row at a position; undefined if it was not read yet. */
  rowAt(position: number): DifferenceRow | undefined {
    return this.#rows.get(position);
  }

  // What is compared

  stop(): void {
    this.#host.notify({ notification: 'stop' });
  }

  compareAgain(): void {
    this.#host.notify({ notification: 'again' });
  }

  /** Shows what differs between two snapshots of one name. */
  openPair(name: string): void {
    this.#host.notify({ notification: 'open', name });
  }

  swap(): void {
    this.#host.notify({ notification: 'swap' });
  }

  // What is on screen

  arrange(change: Partial<Arrangement>): void {
    this.#change({ arrangement: { ...this.#state.arrangement, ...change } });
  }

  layOut(seen: number): void {
    if (seen !== this.#state.seen) this.#change({ seen, top: clampRow({ ...scrollOf(this.#state), seen }, this.#state.top) });
  }

  /** Sets the number of cells of the map that there is room for. */
  layOutMap(cells: number): void {
    if (cells !== this.#state.cells) this.#change({ cells, map: undefined });
  }

  /** Moves to a cell of the map. */
  goToCell(cell: number): void {
    const last = (this.#state.map?.changes.length ?? 1) - 1;
    this.#change({ cell: Math.max(0, Math.min(cell, last)) });
  }

  /** Goes to the next cell that differs, or the one before. */
  goToChangedCell(by: 1 | -1): void {
    const { map, cell } = this.#state;
    const count = map?.changes.length ?? 0;
    let next = cell + by;
    while (next >= 0 && next < count && !isChangedCell(map, next)) next += by;
    if (next >= 0 && next < count) this.goToCell(next);
  }

  /** Chooses the structure in the memory that a cell belongs to. */
  chooseCell(cell: number): void {
    const { map } = this.#state;
    const owner = map?.owners[map.ownerOf[cell] ?? -1]?.part;
    this.goToCell(cell);
    const row = structuresOf(this.#state).find(({ part }) => owner !== undefined && part.startsWith(`${owner}/`));
    if (row !== undefined) this.choose(row.index);
  }

  scroll(top: number): void {
    this.#change({ top: clampRow(scrollOf(this.#state), top) });
  }

  /** Lists the entries of a structure. */
  choose(structure: number): void {
    if (structure !== this.#state.structure) this.#list({ structure, only: undefined });
  }

  /** Lists the entries with one kind of change, or all. */
  filter(only: ChangeKind | undefined): void {
    if (only !== this.#state.only) this.#list({ only });
  }

  /** Chooses an entry. The rows follow. */
  moveTo(position: number): void {
    const selected = Math.max(0, Math.min(position, rowCount(this.#state) - 1));
    this.#change({ selected, top: revealing(scrollOf(this.#state), selected) });
  }

  /** Goes to the next entry that differs, or the one before. After the last one of a structure comes the first one of the next. */
  goToDifference(by: 1 | -1): void {
    const { selected, structure } = this.#state;
    const next = selected + by;
    if (next >= 0 && next < rowCount(this.#state)) {
      this.moveTo(next);
      this.#announce();
      return;
    }
    const rows = structuresOf(this.#state).filter((row) => differencesOf(row) > 0);
    const at = rows.findIndex(({ index }) => index === structure);
    const other = rows[at + by];
    if (other === undefined) {
      this.#change({ announcement: by > 0 ? 'This is the last difference.' : 'This is the first difference.' });
      return;
    }
    this.choose(other.index);
    if (by < 0) this.moveTo(rowCount(this.#state) - 1);
    this.#announce();
  }

  /** Shows the bytes of the chosen entry in the editor of a side. */
  showBytes(side: SideName): void {
    const at = this.#state.details?.[side]?.at;
    if (at !== undefined) this.#host.notify({ notification: 'bytes', side, at });
  }

  #announce(): void {
    const { selected } = this.#state;
    const name = structureOf(this.#state)?.name ?? '';
    this.#change({ announcement: `${name}, difference ${formatCount(selected + 1)} of ${formatCount(rowCount(this.#state))}` });
  }

  // Content

  #show({ source, summary, places }: DiffNotification & { readonly notification: 'comparison' }): void {
    const rows = summary.structures.items;
    const saved = rows.find(({ part }) => part === this.#saved.part);
    const chosen: ComparedRow | undefined = saved ?? rows.find((row) => differencesOf(row) > 0) ?? rows[0];
    const selected = saved === undefined ? 0 : this.#saved.selected;
    this.#list({
      stage: { kind: 'shown', source, summary, places },
      map: undefined,
      cell: 0,
      structure: chosen?.index,
      only: undefined,
      stale: undefined,
      error: undefined,
      announcement: summary.sentences[0] ?? '',
    });
    if (selected > 0) this.moveTo(selected);
  }

  /** Shows another list from its start. */
  #list(change: Partial<CompareState>): void {
    this.#rows.clear();
    this.#change({
      generation: this.#state.generation + 1,
      known: 0,
      isWhole: false,
      note: undefined,
      top: 0,
      selected: 0,
      details: undefined,
      error: undefined,
      ...change,
    });
  }

  #change(change: Partial<CompareState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener(this.#state);
    void this.#readMissing();
    void this.#readMap();
    this.#saveTimer ??= setTimeout(() => this.#save(), SAVE_DELAY);
  }

  /** Reads the map of changes, part by part. */
  async #readMap(): Promise<void> {
    const { map, cells } = this.#state;
    const shown = shownOf(this.#state);
    if (this.#isMapping || cells === 0 || shown === undefined || map?.isWhole === true) return;
    this.#isMapping = true;
    let next: ChangeMap | undefined;
    try {
      next = await this.#host.call('diff/map', { cells });
    } catch (reason) {
      // The comparison was stopped, which is said elsewhere.
      if (!(reason instanceof UserError)) throw reason;
      return;
    } finally {
      this.#isMapping = false;
    }
    const isCurrent = shownOf(this.#state)?.summary === shown.summary && this.#state.cells === cells;
    this.#change(isCurrent ? { map: next } : {});
  }

  /** Reads the rows around the screen that are missing, one request at a time, and the details of the chosen entry. */
  async #readMissing(): Promise<void> {
    const { generation, structure, only, top, seen, selected, error } = this.#state;
    if (shownOf(this.#state) === undefined || structure === undefined || error !== undefined) return;
    if (selected < this.#state.known) this.#details.request({ structure, only, position: selected }, generation);
    const end = Math.min(rowCount(this.#state), Math.ceil(top + 2 * seen));
    const missing = this.#rows.missing(Math.max(0, Math.floor(top - seen)), end);
    if (this.#isReading || missing === undefined) return;
    this.#isReading = true;
    let next: Partial<CompareState> = {};
    try {
      const { from, rows, known, isWhole, note } = await this.#host.call('diff/entries', { structure, only, ...missing });
      if (generation === this.#state.generation) {
        this.#rows.add(from, rows);
        next = { known, isWhole, note, reads: this.#state.reads + 1 };
      }
    } catch (reason) {
      if (!(reason instanceof UserError)) throw reason;
      if (generation === this.#state.generation) next = { error: reason.message };
    } finally {
      this.#isReading = false;
    }
    this.#change(next);
  }

  #save(): void {
    this.#saveTimer = undefined;
    const shown = shownOf(this.#state);
    if (shown === undefined) return;
    const { only, selected, arrangement } = this.#state;
    const part = structureOf(this.#state)?.part ?? '';
    // Positions among the changes of one kind are not those among all.
    this.#saved = { source: shown.source, part, selected: only === undefined ? selected : 0, arrangement };
    this.#host.save(this.#saved);
  }
}
