import * as vscode from 'vscode';
import { formatCounted } from '../../engine/format.ts';
import type { Survey, TreeRow, ViewName } from '../../engine/protocol.ts';
import { type EngineClient, memoryKey, problemText } from '../engine-client.ts';
import type { ActiveMemory, ShownMemory } from './active-memory.ts';

/** A row, with the memory that it is of: commands on it mean that one, whichever is active by then. */
export interface MemoryRow {
  readonly shown: ShownMemory;
  readonly row: TreeRow;
}

const ICONS = {
  manager: 'server',
  memory: 'database',
  region: 'layers',
  bucket: 'inbox',
  block: 'package',
  structure: 'symbol-structure',
  free: 'circle-large-outline',
  element: 'symbol-constant',
  range: 'ellipsis',
  field: 'symbol-field',
  note: 'info',
} as const satisfies Record<TreeRow['icon'], string>;

/** A debugger may step faster than a tree can be drawn: refreshes are put together over this time. Milliseconds. */
const GATHER = 100;

/** One tree view of the active memory. The worker makes its rows and pages them; ids are stable, so that what is open stays open. */
export class MemoryTree implements vscode.TreeDataProvider<MemoryRow>, vscode.Disposable {
  readonly #view: ViewName;
  readonly #engine: EngineClient;
  readonly #active: ActiveMemory;
  readonly #changes = new vscode.EventEmitter<undefined>();
  readonly #subscriptions: vscode.Disposable[] = [this.#changes];
  readonly #treeView: vscode.TreeView<MemoryRow>;
  #stale = false;
  #gathering: NodeJS.Timeout | undefined;

  readonly onDidChangeTreeData = this.#changes.event;

  constructor(view: ViewName, engine: EngineClient, active: ActiveMemory) {
    this.#view = view;
    this.#engine = engine;
    this.#active = active;
    this.#treeView = vscode.window.createTreeView(`stableMemory.${view}`, { treeDataProvider: this, showCollapseAll: true });
    this.#subscriptions.push(
      this.#treeView,
      this.#treeView.onDidChangeVisibility(({ visible }) => {
        if (visible && this.#stale) this.#refreshSoon();
      }),
      active.onDidChange(() => this.#refreshSoon()),
    );
  }

  /** Counts on the view's icon what should not be as it is. */
  countFaults(survey: Survey | undefined): void {
    const { error, warning } = survey?.findingCounts ?? { error: 0, warning: 0 };
    const tooltip = [formatCounted(error, 'error'), formatCounted(warning, 'warning')].join(' and ');
    this.#treeView.badge = error + warning === 0 ? undefined : { value: error + warning, tooltip };
  }

  async getChildren(parent?: MemoryRow): Promise<MemoryRow[]> {
    const shown = parent?.shown ?? this.#active.current;
    if (!parent) this.#entitle(shown, undefined);
    if (!shown) return [];
    try {
      const ask = { memory: shown.memory, view: this.#view, parent: parent?.row.id };
      const rows = await this.#engine.call('memory/tree', ask);
      return rows.map((row) => ({ shown, row }));
    } catch (error) {
      this.#entitle(shown, problemText(error));
      return [];
    }
  }

  getTreeItem({ shown, row }: MemoryRow): vscode.TreeItem {
    const item = new vscode.TreeItem(row.label);
    item.id = `${memoryKey(shown.memory)} ${row.id}`;
    item.description = row.description;
    item.tooltip = new vscode.MarkdownString(row.tooltip);
    item.iconPath = icon(row);
    item.collapsibleState = row.expandable ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None;
    item.contextValue = abilities(row);
    const fault = row.fault === undefined ? [] : [row.fault];
    item.accessibilityInformation = { label: [...fault, row.label, row.description].join(', ') };
    if (row.at) item.command = { command: 'stableMemory.selectRow', title: 'Select its bytes', arguments: [{ shown, row }] };
    return item;
  }

  dispose(): void {
    clearTimeout(this.#gathering);
    for (const each of this.#subscriptions) each.dispose();
  }

  #entitle(shown: ShownMemory | undefined, problem: string | undefined): void {
    this.#treeView.description = shown?.title ?? '';
    this.#treeView.message = problem ?? '';
  }

  #refreshSoon(): void {
    if (!this.#treeView.visible) {
      this.#stale = true;
      return;
    }
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      this.#stale = false;
      this.#changes.fire(undefined);
    }, GATHER);
  }
}

function icon({ icon, fault }: TreeRow): vscode.ThemeIcon {
  if (fault === 'error') return new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
  if (fault === 'warning') return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  return new vscode.ThemeIcon(ICONS[icon]);
}

/** What the menus ask for in `viewItem`: a word for each thing that can be done with the row. */
function abilities(row: TreeRow): string {
  const words = ['row'];
  if (row.at) words.push('bytes');
  if (row.address !== undefined) words.push('address');
  if (row.element) words.push('element');
  return words.join(' ');
}
