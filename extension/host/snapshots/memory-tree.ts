import * as vscode from 'vscode';
import { formatCounted } from '../../../engine/core/format.ts';
import { markdownText } from '../../../engine/core/markdown.ts';
import type { FindingRow, ScanSummary, TreeRow, ViewName } from '../../../engine/views/protocol.ts';
import { type EngineClient, errorText } from '../engine-client.ts';
import { memoryKey } from '../memory-key.ts';
import type { ActiveMemory, ShownMemory } from './active-memory.ts';
import { elementAt } from './element-at.ts';

/** A row and its memory. Commands on the row apply to that memory, whichever is active by then. */
export interface MemoryRow {
  readonly shown: ShownMemory;
  readonly row: TreeRow;
  readonly parent: MemoryRow | undefined;
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
  residual: 'history',
  range: 'ellipsis',
  field: 'symbol-field',
  note: 'info',
} as const satisfies Record<TreeRow['icon'], string>;

/** Refreshes within this time are combined, because a debugger may step faster than a tree is drawn. Milliseconds. */
const REFRESH_DELAY = 100;

/** Pattern of the parts whose keys can be looked up. */
const MAP_PART = /\/(btreemap|btreeset|memory-btree)$/;

/** Maximum findings in a row's tooltip. */
const MAX_TOOLTIP_FINDINGS = 3;

/**
 * One tree view of the active memory. The worker makes and pages its rows. Row ids are stable, so that expanded rows stay
 * expanded.
 */
export class MemoryTree implements vscode.TreeDataProvider<MemoryRow>, vscode.Disposable {
  readonly #view: ViewName;
  readonly #engine: EngineClient;
  readonly #active: ActiveMemory;
  readonly #changes = new vscode.EventEmitter<undefined>();
  readonly #subscriptions: vscode.Disposable[] = [this.#changes];
  readonly #treeView: vscode.TreeView<MemoryRow>;
  #stale = false;
  #refreshing: NodeJS.Timeout | undefined;

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
      active.onDidScan(() => this.#refreshSoon()),
    );
  }

  get selected(): MemoryRow | undefined {
    return this.#treeView.selection[0];
  }

  /** Shows the number of errors and warnings on the view's icon. */
  showFaultCount(scan: ScanSummary | undefined): void {
    const { error, warning } = scan?.findingCounts ?? { error: 0, warning: 0 };
    const tooltip = [formatCounted(error, 'error'), formatCounted(warning, 'warning')].join(' and ');
    this.#treeView.badge = error + warning === 0 ? undefined : { value: error + warning, tooltip };
  }

  async getChildren(parent?: MemoryRow): Promise<MemoryRow[]> {
    const shown = parent?.shown ?? this.#active.current;
    if (!parent) this.#setTitle(shown, undefined);
    if (!shown) return [];
    try {
      const params = { memory: shown.memory, view: this.#view, parent: parent?.row.id };
      const rows = await this.#engine.call('memory/tree', params);
      return rows.map((row) => ({ shown, row, parent }));
    } catch (error) {
      this.#setTitle(shown, errorText(error));
      return [];
    }
  }

  getParent({ parent }: MemoryRow): MemoryRow | undefined {
    return parent;
  }

  /** Selects the row of a part, or of the innermost enclosing part that has a row. Keeps the focus. */
  async reveal(part: string): Promise<void> {
    if (!this.#treeView.visible) return;
    const row = await this.#rowOf(part, undefined);
    if (row && row.shown === this.#active.current) await this.#treeView.reveal(row, { select: true, focus: false });
  }

  /** Selects the row of the element that has a byte of the active memory. Keeps the focus. */
  async revealElementAt(offset: number): Promise<void> {
    const shown = this.#active.current;
    if (!this.#treeView.visible || shown === undefined) return;
    const place = await elementAt(this.#engine, shown.memory, offset).catch(() => undefined);
    if (place === undefined) return;
    let row = (await this.getChildren()).find(({ row }) => row.id === `elements:${place.part}`);
    while (row && row.row.element?.index !== place.index) {
      const rows = await this.getChildren(row);
      row = rows.find(({ row }) => row.element?.index === place.index) ?? rows.find(({ row }) => isRangeWith(row, place.index));
    }
    if (row && shown === this.#active.current) await this.#treeView.reveal(row, { select: true, focus: false });
  }

  async #rowOf(part: string, within: MemoryRow | undefined): Promise<MemoryRow | undefined> {
    const rows = await this.getChildren(within);
    const found = rows.find(({ row }) => isWithin(part, row.part));
    if (found) return found.row.part === part || !found.row.expandable ? found : ((await this.#rowOf(part, found)) ?? found);
    for (const range of rows.filter(({ row }) => row.icon === 'range')) {
      const inRange = await this.#rowOf(part, range);
      if (inRange) return inRange;
    }
    return undefined;
  }

  getTreeItem(element: MemoryRow): vscode.TreeItem {
    return treeItemOf(element);
  }

  dispose(): void {
    clearTimeout(this.#refreshing);
    for (const each of this.#subscriptions) each.dispose();
  }

  #setTitle(shown: ShownMemory | undefined, error: string | undefined): void {
    this.#treeView.description = shown?.title ?? '';
    this.#treeView.message = error ?? '';
  }

  #refreshSoon(): void {
    if (!this.#treeView.visible) {
      this.#stale = true;
      return;
    }
    this.#refreshing ??= setTimeout(() => {
      this.#refreshing = undefined;
      this.#stale = false;
      this.#changes.fire(undefined);
    }, REFRESH_DELAY);
  }
}

/** Returns true for the row of a memory, a region or a structure. */
export function isExportable({ icon, part }: TreeRow): boolean {
  return part !== undefined && (icon === 'memory' || icon === 'region' || icon === 'structure');
}

/** Returns how a row is shown. */
export function treeItemOf(element: MemoryRow): vscode.TreeItem {
  const { shown, row } = element;
  const findings = findingsAt(row, shown.scan);
  const [worst] = findings;
  const severity = worst?.severity === 'error' ? 'error' : (row.fault ?? worst?.severity);
  const item = new vscode.TreeItem(row.label);
  item.id = `${memoryKey(shown.memory)} ${row.id}`;
  item.description = row.description;
  item.tooltip = tooltip(row, findings);
  item.iconPath = icon(row.icon, severity);
  item.collapsibleState = row.expandable ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None;
  item.contextValue = abilities(row);
  const fault = severity === undefined ? [] : [severity];
  item.accessibilityInformation = { label: [...fault, row.label, row.description].join(', ') };
  if (row.at) item.command = { command: 'stableMemory.selectRow', title: 'Select its bytes', arguments: [element] };
  return item;
}

/** Returns true for the row of a range of a list that has an item. Its id ends with the range: `|200-400`. */
function isRangeWith({ id, icon }: TreeRow, index: number): boolean {
  const [, from, to] = /\|(\d+)-(\d+)$/.exec(id) ?? [];
  return icon === 'range' && index >= Number(from) && index < Number(to);
}

function isWithin(part: string, outer: string | undefined): boolean {
  return outer !== undefined && (part === outer || part.startsWith(`${outer}/`));
}

/** Returns the errors and warnings of the full scan in the part of a memory's or structure's row, most severe first. */
function findingsAt({ icon, part }: TreeRow, scan: ScanSummary | undefined): readonly FindingRow[] {
  if (icon !== 'memory' && icon !== 'region' && icon !== 'structure' && icon !== 'manager') return [];
  return (scan?.findings ?? []).filter((finding) => finding.severity !== 'information' && isWithin(finding.part, part));
}

/**
 * Returns the tooltip of a row. Without a tooltip from the worker it is the full label and description, which the view may cut
 * off.
 */
function tooltip(
  { label, description, tooltip: markdown }: TreeRow,
  findings: readonly FindingRow[],
): vscode.MarkdownString | string {
  if (markdown === '' && findings.length === 0) return description === '' ? label : `${label}: ${description}`;
  const listed = findings.slice(0, MAX_TOOLTIP_FINDINGS).map(({ code, message, remedy }, index) => {
    const text = markdownText(message);
    return code === findings[index - 1]?.code ? text : `${text} *${markdownText(remedy)}*`;
  });
  const more = findings.length > listed.length ? [`${formatCounted(findings.length - listed.length, 'finding')} more.`] : [];
  // Not trusted and without HTML, so that nothing in it can run a command.
  return new vscode.MarkdownString(
    [markdown === '' ? `**${markdownText(label)}** ${markdownText(description)}` : markdown, ...listed, ...more].join('\n\n'),
  );
}

function icon(icon: TreeRow['icon'], fault: FindingRow['severity'] | undefined): vscode.ThemeIcon {
  if (fault === 'error') return new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
  if (fault === 'warning') return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  return new vscode.ThemeIcon(ICONS[icon]);
}

/** Returns the words that menus match in `viewItem`: one for each action that the row supports. */
function abilities(row: TreeRow): string {
  const words = ['row'];
  if (row.at) words.push('bytes');
  if (row.address !== undefined) words.push('address');
  if (row.element) words.push('element');
  if (row.tree !== undefined) words.push('tree');
  if (isExportable(row)) words.push('export');
  if (row.icon === 'structure' && MAP_PART.test(row.part ?? '')) words.push('map');
  if (row.icon === 'structure' && row.part !== undefined) words.push('structure');
  return words.join(' ');
}
