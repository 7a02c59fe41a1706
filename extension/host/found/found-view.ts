import * as vscode from 'vscode';
import { formatCounted } from '../../../engine/core/format.ts';
import type { SearchKind } from '../../../engine/views/find/find-kinds.ts';
import type { LookupResult } from '../../../engine/views/protocol.ts';
import type { EngineClient } from '../engine-client.ts';
import { memoryKey } from '../memory-key.ts';
import { plainText } from '../plain-text.ts';
import type { ActiveMemory, ShownMemory } from '../snapshots/active-memory.ts';
import { type MemoryRow, treeItemOf } from '../snapshots/memory-tree.ts';
import { FoundPlaces, type FoundRow, rowsOfLookup } from './found-rows.ts';

const VIEW = 'stableMemory.found';
/** Places after which a search waits until it is asked to go on. */
const MAX_PLACES = 10_000;
/** Time between two updates of the view, which are not cheap. Milliseconds. */
const UPDATE = 300;

/** A row of the view, as the commands on rows of other trees take it. */
interface ViewRow extends MemoryRow {
  readonly found: FoundRow;
  readonly parent: ViewRow | undefined;
}

/** A search that can go on. */
interface Search {
  readonly number: number;
  readonly places: FoundPlaces;
  /** The pattern and its kind, in words. */
  readonly title: string;
  /** Places after which it waits. */
  limit: number;
  searched: number;
  state: 'running' | 'waiting' | 'done' | 'stopped';
}

/** The view of what was found last: places by their owners, or the path of a lookup. It stays until it is cleared. */
export class FoundView implements vscode.TreeDataProvider<ViewRow>, vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #active: ActiveMemory;
  readonly #changes = new vscode.EventEmitter<undefined>();
  readonly #view: vscode.TreeView<ViewRow>;
  readonly #subscriptions: readonly vscode.Disposable[];
  #shown: ShownMemory | undefined;
  #search: Search | undefined;
  #rows: readonly FoundRow[] = [];
  /** Number of what is shown. Rows of another search have other ids, so that none of them is still folded. */
  #number = 0;

  readonly onDidChangeTreeData = this.#changes.event;

  constructor(engine: EngineClient, active: ActiveMemory) {
    this.#engine = engine;
    this.#active = active;
    this.#view = vscode.window.createTreeView(VIEW, { treeDataProvider: this, showCollapseAll: true });
    this.#subscriptions = [
      this.#view,
      this.#changes,
      engine.onDidStop(() => this.stop()),
      engine.onNotification((one) => {
        if (one.notification === 'step') this.#showOutdated({ kind: 'step', session: one.session });
      }),
      active.onDidDrop((memory) => this.#showOutdated(memory)),
    ];
  }

  /** The rows at the path of `labels`, or the first level without labels. */
  rowsBelow(...labels: readonly string[]): readonly FoundRow['row'][] {
    let rows = this.#rows;
    for (const label of labels) rows = rows.find(({ row }) => row.label === label)?.rows ?? [];
    return rows.map(({ row }) => row);
  }

  /** Searches a memory, and shows the places as they are found. `named` says what the pattern is. */
  async search(shown: ShownMemory, pattern: string, kind: SearchKind, named: string): Promise<void> {
    const number = await this.#engine.call('memory/find', { memory: shown.memory, pattern, kind });
    if (typeof number === 'string') throw new Error(number);
    this.#giveUp();
    const title = `“${plainText(pattern)}” as ${named}`;
    this.#search = { number, places: new FoundPlaces(pattern), title, limit: MAX_PLACES, searched: 0, state: 'running' };
    this.#shown = shown;
    await this.#open();
    await this.goOn();
  }

  /** Shows the path of a lookup. */
  async showLookup(shown: ShownMemory, part: string, key: string, { order, outcome, rows }: LookupResult): Promise<void> {
    this.#giveUp();
    this.#shown = shown;
    this.#rows = rowsOfLookup(rows);
    await this.#open();
    this.#view.description = `key “${plainText(key)}” in ${part} of ${plainText(shown.title)}: ${outcome}`;
    this.#view.message = order;
    this.#changes.fire(undefined);
    await this.#focusFirst();
  }

  /** Goes on with a search until it is done, has found as many places as it may, or is given up. */
  async goOn(): Promise<void> {
    const search = this.#search;
    if (search?.state !== 'running' && search?.state !== 'waiting') return;
    if (search.places.count >= search.limit) search.limit += MAX_PLACES;
    search.state = 'running';
    this.#show();
    try {
      await vscode.window.withProgress({ location: { viewId: VIEW } }, () => this.#run(search));
    } catch (error) {
      if (this.#search === search) this.stop();
      throw error;
    }
  }

  async #run(search: Search): Promise<void> {
    let updated = Date.now();
    let isFirst = true;
    while (search.state === 'running') {
      const { found, searched, isDone } = await this.#engine.call('memory/find-more', { search: search.number });
      if (this.#search !== search) return;
      for (const place of found) search.places.add(place);
      search.searched = searched;
      if (isDone) search.state = 'done';
      else if (search.state === 'running' && search.places.count >= search.limit) search.state = 'waiting';
      // Later, the user may be elsewhere.
      const takesFocus = isFirst && search.places.count > 0;
      isFirst = false;
      if (!takesFocus && search.state === 'running' && Date.now() - updated < UPDATE) continue;
      updated = Date.now();
      this.#show();
      if (takesFocus) await this.#focusFirst();
    }
  }

  /** Gives the search up. What it has found stays. */
  stop(): void {
    if (!this.#drop()) return;
    this.#show();
  }

  clear(): void {
    this.#giveUp();
    this.#shown = undefined;
    this.#setContext(false);
    this.#changes.fire(undefined);
  }

  showMore(id: string): void {
    this.#search?.places.showMore(id);
    this.#show();
  }

  /** Selects the bytes of a row in the editor that draws the memory. */
  select({ shown, row }: MemoryRow): void {
    if (row.at === undefined) return;
    const present = this.#active.find(shown.memory);
    if (present === undefined) throw new Error(`${plainText(shown.title)} is closed. Open it again to see its bytes.`);
    // The editor of a step is not open until somebody asks for it. It does not take the focus.
    present.select(row.at.start, shown.memory.kind === 'step');
  }

  getChildren(parent?: ViewRow): ViewRow[] {
    if (!this.#shown) return [];
    // The memory may have been closed and opened again.
    const shown = this.#active.find(this.#shown.memory) ?? this.#shown;
    return (parent ? parent.found.rows : this.#rows).map((found) => ({ shown, row: found.row, parent, found }));
  }

  getParent({ parent }: ViewRow): ViewRow | undefined {
    return parent;
  }

  getTreeItem(element: ViewRow): vscode.TreeItem {
    const { row, isOpen, marked, showsMoreOf } = element.found;
    const item = treeItemOf(element);
    item.id = `${this.#number} ${row.id}`;
    if (row.expandable && isOpen) item.collapsibleState = vscode.TreeItemCollapsibleState.Expanded;
    const start = marked === undefined ? -1 : row.label.indexOf(marked);
    if (marked !== undefined && start >= 0) item.label = { label: row.label, highlights: [[start, start + marked.length]] };
    if (row.at) item.command = { command: 'stableMemory.selectFound', title: 'Select its bytes', arguments: [element] };
    if (showsMoreOf !== undefined)
      item.command = { command: 'stableMemory.showMoreFound', title: row.label, arguments: [showsMoreOf] };
    return item;
  }

  dispose(): void {
    for (const each of this.#subscriptions) each.dispose();
  }

  async #open(): Promise<void> {
    this.#setContext(true);
    await vscode.commands.executeCommand(`${VIEW}.focus`);
  }

  /** Gives the focus to the first row. A view that was opened without rows has it nowhere. */
  async #focusFirst(): Promise<void> {
    const [first] = this.getChildren();
    if (first !== undefined) await this.#view.reveal(first, { select: false, focus: true });
  }

  /** Shows the present state of the search. */
  #show(): void {
    const search = this.#search;
    if (!search) return;
    const { title, places, state } = search;
    this.#rows = places.rows();
    this.#view.description = `${title}: ${formatCounted(places.count, 'place')} in ${plainText(this.#shown?.title ?? '')}`;
    this.#view.message = messageOf(search);
    void vscode.commands.executeCommand('setContext', 'stableMemory.search', state);
    this.#changes.fire(undefined);
  }

  /** Gives the search up, and forgets what it has found. */
  #giveUp(): void {
    this.#drop();
    this.#search = undefined;
    this.#number += 1;
    this.#rows = [];
    this.#view.message = '';
    this.#view.description = '';
    void vscode.commands.executeCommand('setContext', 'stableMemory.search', '');
  }

  /** Gives the search up, so that the engine forgets it. Returns false if there is none that could go on. */
  #drop(): boolean {
    const search = this.#search;
    if (search === undefined || search.state === 'done' || search.state === 'stopped') return false;
    search.state = 'stopped';
    if (this.#engine.running) this.#engine.call('memory/find-end', { search: search.number }).catch(() => undefined);
    return true;
  }

  #showOutdated(memory: ShownMemory['memory']): void {
    if (this.#shown === undefined || memoryKey(memory) !== memoryKey(this.#shown.memory)) return;
    this.stop();
    this.#view.message = 'The memory was closed or has changed since: places may be elsewhere now.';
  }

  #setContext(hasFound: boolean): void {
    void vscode.commands.executeCommand('setContext', 'stableMemory.hasFound', hasFound);
  }
}

function messageOf({ places, state, searched }: Search): string {
  const percent = `${Math.floor(100 * searched)} %`;
  switch (state) {
    case 'running':
      return `Searching: ${percent}`;
    case 'waiting':
      return `Only the first ${formatCounted(places.count, 'place')} are shown: ${percent} of the memory was searched. Go on with the button above.`;
    case 'stopped':
      return `The search was stopped: ${percent} of the memory was searched.`;
    case 'done':
      return places.count === 0 ? 'Nothing was found.' : '';
  }
}
