import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { formatBytes } from '../../../engine/core/format.ts';
import type { MemoryRef, ScanSummary } from '../../../engine/views/protocol.ts';
import { LABELS_FILE } from '../../../servers/open-files/labels-file.ts';
import type { EngineClient } from '../engine-client.ts';
import type { ActiveMemory, ShownMemory } from './active-memory.ts';
import { type FileChange, watchForChange } from './files/file-watch.ts';
import { type LocalFile, localFile } from './files/snapshot-copy.ts';
import { type EditorServices, MemoryPanel } from './memory-panel.ts';

/**
 * Editor of files with the usual snapshot names. `BINARY_EDITOR` is offered for any other file, which may or may not be a
 * snapshot.
 */
export const SNAPSHOT_EDITOR = 'stableMemory.snapshot';
export const BINARY_EDITOR = 'stableMemory.binary';

/** An open snapshot file in one or more editors. Its bytes are never read here and never written anywhere. */
class SnapshotDocument implements vscode.CustomDocument, ShownMemory {
  readonly uri: vscode.Uri;
  readonly memory: MemoryRef;
  readonly document: string;
  readonly #engine: EngineClient;
  readonly #active: ActiveMemory;
  readonly #panels = new Set<MemoryPanel>();
  readonly #file: LocalFile;
  readonly #labels: vscode.FileSystemWatcher | undefined;
  #title: string;
  #watch: vscode.Disposable | undefined;
  #stale: string | undefined;

  constructor(uri: vscode.Uri, file: LocalFile, engine: EngineClient, active: ActiveMemory) {
    this.uri = uri;
    this.#file = file;
    this.memory = { kind: 'snapshot', path: file.path };
    this.document = uri.toString();
    this.#title = file.isCopy ? `${titleOf(uri.path)} (${uri.scheme})` : titleOf(uri.fsPath);
    this.#engine = engine;
    this.#active = active;
    this.#watch = this.#watchFile();
    this.#labels = file.isCopy ? undefined : this.#watchLabels();
  }

  get title(): string {
    return this.#title;
  }

  get panels(): readonly MemoryPanel[] {
    return [...this.#panels];
  }

  /** Offset of the byte that the user selected last, in the active editor if there are several. */
  get selected(): number | undefined {
    return (this.panels.find(({ panel }) => panel.active) ?? this.panels[0])?.selected;
  }

  get scan(): ScanSummary | undefined {
    return this.panels.map(({ scan }) => scan).find((scan) => scan !== undefined);
  }

  add(panel: MemoryPanel): void {
    this.#panels.add(panel);
    // The two panels of a comparison are never active. The trees follow the panel of the file.
    if (panel.panel.active || (panel.panel.visible && !this.#file.isCopy)) this.#active.use(this);
    panel.panel.onDidChangeViewState(() => {
      if (panel.panel.active) this.#active.use(this);
    });
    panel.onDidScan(() => this.#active.scanned(this));
    panel.onDidSelect((bytes) => this.#active.selected(this, bytes));
    panel.onDidName((title) => this.#showNames(title));
    panel.onDidRequestReload(() => void this.reload());
    panel.showStale(this.#stale);
    panel.panel.onDidDispose(() => {
      this.#panels.delete(panel);
      panel.dispose();
    });
  }

  select(offset: number, open: boolean): void {
    const panel = this.panels.find(({ panel }) => panel.visible) ?? this.panels[0];
    // Without its column, it would be shown a second time in the active group.
    panel?.panel.reveal(panel.panel.viewColumn, !open);
    panel?.select(offset, open);
  }

  redraw(): void {
    for (const panel of this.#panels) panel.show();
  }

  /** Reads the file again, in all editors and trees. */
  async reload(): Promise<void> {
    this.#watch?.dispose();
    this.#watch = this.#watchFile();
    this.#showStale(undefined);
    await this.#engine.close(this.memory);
    this.redraw();
    this.#active.contentChanged(this);
    if (this.#active.current === this) this.#active.use(this);
  }

  /** Shows names of memories that were found after opening. */
  #showNames(title: string): void {
    this.#title = title;
    if (this.#active.current === this) this.#active.use(this);
  }

  dispose(): void {
    this.#watch?.dispose();
    this.#labels?.dispose();
    this.#active.drop(this.memory);
    const remove = (): void => this.#file.remove();
    this.#engine.close(this.memory).then(remove, remove);
  }

  /** Watches the file. Nobody writes to a private copy, so it is not watched. */
  #watchFile(): vscode.Disposable | undefined {
    if (this.#file.isCopy) return undefined;
    const name = vscode.workspace.asRelativePath(this.uri);
    return watchForChange(this.#file.path, (change) => this.#showStale(staleText(name, change)));
  }

  #watchLabels(): vscode.FileSystemWatcher {
    const folder = vscode.Uri.file(dirname(this.#file.path));
    const labels = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, LABELS_FILE));
    const apply = (): void => void this.reload();
    labels.onDidChange(apply);
    labels.onDidCreate(apply);
    labels.onDidDelete(apply);
    return labels;
  }

  #showStale(text: string | undefined): void {
    this.#stale = text;
    for (const panel of this.#panels) panel.showStale(text);
  }
}

/** Returns a message that says what happened to the file of an open snapshot, and what to do. */
function staleText(path: string, { kind, before, now }: FileChange): string {
  const reload = 'Reload to read it again.';
  switch (kind) {
    case 'gone':
      return `${path} is gone: it was deleted, moved or renamed. The editor shows what was read before. Put the file back and reload, or close this editor.`;
    case 'shorter':
      return `${path} is ${formatBytes(before - now)} shorter than when it was opened: its size is now ${formatBytes(now)}. The editor partly shows the old content. ${reload}`;
    case 'changed':
      return `${path} has changed on disk. The editor may show a mix of old and new content. ${reload}`;
  }
}

/**
 * Returns the title of a snapshot. Downloaded snapshots are all called stable_memory.bin or stable.bin, so the title is their
 * folder's name.
 */
function titleOf(path: string): string {
  const name = basename(path);
  return /^stable(_memory)?\.bin(\.gz|\.zst)?$/.test(name) ? basename(dirname(path)) : name;
}

/** Opens snapshots read-only. There is nothing to save, back up or undo. */
export class SnapshotEditors implements vscode.CustomReadonlyEditorProvider<SnapshotDocument> {
  readonly #documents = new Set<SnapshotDocument>();
  readonly #services: EditorServices;
  readonly #active: ActiveMemory;

  constructor(services: EditorServices, active: ActiveMemory) {
    this.#services = services;
    this.#active = active;
  }

  /** The document of the active editor. */
  get focused(): SnapshotDocument | undefined {
    return [...this.#documents].find(({ panels }) => panels.some(({ panel }) => panel.active));
  }

  async openCustomDocument(uri: vscode.Uri): Promise<SnapshotDocument> {
    const document = new SnapshotDocument(uri, await localFile(uri), this.#services.engine, this.#active);
    this.#documents.add(document);
    return document;
  }

  resolveCustomEditor(document: SnapshotDocument, panel: vscode.WebviewPanel): void {
    document.add(new MemoryPanel(panel, document.memory, document.document, this.#services));
    panel.onDidDispose(() => {
      if (document.panels.length === 0) this.#documents.delete(document);
    });
  }
}
