import * as vscode from 'vscode';
import type { ComparisonSource, FolderSource, SideSource } from '../../../engine/views/diff/page.ts';
import type { EngineClient } from '../engine-client.ts';
import type { ActiveMemory } from '../snapshots/active-memory.ts';
import { showBytes } from '../snapshots/show-bytes.ts';
import { ComparisonPanel } from './comparison-panel.ts';
import { FolderPanel } from './folder-panel.ts';

export const COMPARISON = 'stableMemory.comparison';
/** Comparisons of folders have a type of their own, because no command goes from difference to difference in them. */
export const COMPARED_FOLDERS = 'stableMemory.comparedFolders';

/** The comparisons on screen. */
export class ComparisonPanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #active: ActiveMemory;
  readonly #extension: vscode.Uri;
  readonly #panels = new Set<ComparisonPanel>();
  readonly #folders = new Set<FolderPanel>();

  constructor(engine: EngineClient, active: ActiveMemory, extension: vscode.Uri) {
    this.#engine = engine;
    this.#active = active;
    this.#extension = extension;
  }

  /** The comparison of the active editor. */
  get focused(): ComparisonPanel | undefined {
    return [...this.#panels].find(({ panel }) => panel.active);
  }

  /** Shows a comparison. One of the same two is brought to the front. */
  show(source: ComparisonSource): void {
    const open = openOf(this.#panels, source);
    if (open) open.panel.reveal();
    else this.#add(vscode.window.createWebviewPanel(COMPARISON, 'Compare Snapshots', vscode.ViewColumn.Active), source);
  }

  /** Shows the snapshots in two folders by name, and whether they differ. A list of the same two is brought to the front. */
  showFolders(source: FolderSource): void {
    const open = openOf(this.#folders, source);
    if (open) open.panel.reveal();
    else
      this.#addFolders(vscode.window.createWebviewPanel(COMPARED_FOLDERS, 'Compare Snapshots', vscode.ViewColumn.Active), source);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const folders = foldersOf(state);
    if (folders) {
      this.#addFolders(panel, folders);
      return;
    }
    const source = sourceOf(state);
    if (source) this.#add(panel, source);
    else panel.dispose();
  }

  dispose(): void {
    for (const each of [...this.#panels, ...this.#folders]) each.dispose();
  }

  #addFolders(panel: vscode.WebviewPanel, source: FolderSource): void {
    const side = (path: string) => ({ kind: 'snapshot', uri: vscode.Uri.file(path).toString() }) as const;
    const folders = new FolderPanel(panel, source, this.#engine, this.#extension, (before, after) =>
      this.show({ before: side(before), after: side(after) }),
    );
    this.#folders.add(folders);
    panel.onDidDispose(() => {
      folders.dispose();
      this.#folders.delete(folders);
    });
  }

  #add(panel: vscode.WebviewPanel, source: ComparisonSource): void {
    const comparison = new ComparisonPanel(panel, source, this.#engine, this.#extension, (memory, offset) =>
      showBytes(this.#active, memory, offset),
    );
    this.#panels.add(comparison);
    panel.onDidDispose(() => {
      comparison.dispose();
      this.#panels.delete(comparison);
    });
  }
}

/** Returns the panel that shows this source. */
function openOf<Panel extends { readonly source: object }>(
  panels: ReadonlySet<Panel>,
  source: Panel['source'],
): Panel | undefined {
  return [...panels].find((each) => JSON.stringify(each.source) === JSON.stringify(source));
}

/** Reads the folders from the state that a page saved. */
function foldersOf(state: unknown): FolderSource | undefined {
  if (typeof state !== 'object' || state === null || !('folders' in state)) return undefined;
  const { folders } = state;
  if (typeof folders !== 'object' || folders === null || !('before' in folders && 'after' in folders)) return undefined;
  const { before, after } = folders;
  return typeof before === 'string' && typeof after === 'string' ? { before, after } : undefined;
}

/** Reads the sides from the state that a page saved. */
function sourceOf(state: unknown): ComparisonSource | undefined {
  if (typeof state !== 'object' || state === null || !('source' in state)) return undefined;
  const { source } = state;
  if (typeof source !== 'object' || source === null || !('before' in source && 'after' in source)) return undefined;
  const [before, after] = [sideOf(source.before), sideOf(source.after)];
  return before && after && { before, after };
}

function sideOf(side: unknown): SideSource | undefined {
  if (typeof side !== 'object' || side === null) return undefined;
  if ('uri' in side && typeof side.uri === 'string') return { kind: 'snapshot', uri: side.uri };
  if (!('trace' in side && 'step' in side)) return undefined;
  const { trace, step } = side;
  const snapshot = 'snapshot' in side && typeof side.snapshot === 'string' ? side.snapshot : undefined;
  return typeof trace === 'string' && typeof step === 'number' ? { kind: 'step', trace, step, snapshot } : undefined;
}
