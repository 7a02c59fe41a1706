import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import type { MemoryRef, Survey } from '../../engine/protocol.ts';
import type { EngineClient } from '../engine-client.ts';
import type { ActiveMemory, ShownMemory } from './active-memory.ts';
import { watchForChange } from './file-watch.ts';
import { MemoryPanel } from './memory-panel.ts';

export const SNAPSHOT_EDITOR = 'stableMemory.snapshot';

/** An open snapshot file, in one editor or several. Its bytes are never read here, and never written anywhere. */
class SnapshotDocument implements vscode.CustomDocument, ShownMemory {
  readonly uri: vscode.Uri;
  readonly memory: MemoryRef;
  readonly title: string;
  readonly #engine: EngineClient;
  readonly #active: ActiveMemory;
  readonly #panels = new Set<MemoryPanel>();
  readonly #watch: vscode.Disposable;
  #asking = false;

  constructor(uri: vscode.Uri, engine: EngineClient, active: ActiveMemory) {
    this.uri = uri;
    this.memory = { kind: 'snapshot', path: uri.fsPath };
    this.title = titleOf(uri.fsPath);
    this.#engine = engine;
    this.#active = active;
    this.#watch = watchForChange(uri.fsPath, () => void this.#changed());
  }

  get panels(): readonly MemoryPanel[] {
    return [...this.#panels];
  }

  get survey(): Survey | undefined {
    return this.panels.map(({ survey }) => survey).find((survey) => survey !== undefined);
  }

  add(panel: MemoryPanel): void {
    this.#panels.add(panel);
    if (panel.panel.active) this.#active.use(this);
    panel.panel.onDidChangeViewState(() => {
      if (panel.panel.active) this.#active.use(this);
    });
    panel.onDidSurvey(() => this.#active.surveyed(this));
    panel.onDidSelect((part) => this.#active.selected(this, part));
    panel.panel.onDidDispose(() => {
      this.#panels.delete(panel);
      panel.dispose();
    });
  }

  select(offset: number, open: boolean): void {
    const panel = this.panels.find(({ panel }) => panel.visible) ?? this.panels[0];
    panel?.panel.reveal(undefined, !open);
    panel?.select(offset);
  }

  redraw(): void {
    for (const panel of this.#panels) panel.show();
  }

  /** Reads the file anew, in every editor and tree. */
  async reload(): Promise<void> {
    await this.#engine.close(this.memory);
    this.redraw();
    if (this.#active.current === this) this.#active.use(this);
  }

  dispose(): void {
    this.#watch.dispose();
    this.#active.drop(this.memory);
    this.#engine.close(this.memory).catch(() => undefined);
  }

  async #changed(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const text = `${this.title} changed on disk. What is shown is partly the old content, partly the new, until it is read again.`;
    const choice = await vscode.window.showWarningMessage(text, 'Reload');
    this.#asking = false;
    if (choice === 'Reload') await this.reload();
  }
}

/** All downloaded snapshots are called stable_memory.bin: their folder tells them apart. */
function titleOf(path: string): string {
  const name = basename(path);
  return /^stable_memory\.bin(\.gz)?$/.test(name) ? basename(dirname(path)) : name;
}

/** Opens snapshots read-only: there is nothing to save, to back up or to undo. */
export class SnapshotEditors implements vscode.CustomReadonlyEditorProvider<SnapshotDocument> {
  readonly #documents = new Set<SnapshotDocument>();
  readonly #engine: EngineClient;
  readonly #active: ActiveMemory;
  readonly #extension: vscode.Uri;

  constructor(engine: EngineClient, active: ActiveMemory, extension: vscode.Uri) {
    this.#engine = engine;
    this.#active = active;
    this.#extension = extension;
  }

  /** The document of the editor that has the focus. */
  get focused(): SnapshotDocument | undefined {
    return [...this.#documents].find(({ panels }) => panels.some(({ panel }) => panel.active));
  }

  openCustomDocument(uri: vscode.Uri): SnapshotDocument {
    if (uri.scheme !== 'file') {
      throw new Error(
        `A snapshot is read from a file where the extension runs, and ${uri.scheme}: is no such place. Save it to disk and open it there.`,
      );
    }
    const document = new SnapshotDocument(uri, this.#engine, this.#active);
    this.#documents.add(document);
    return document;
  }

  resolveCustomEditor(document: SnapshotDocument, panel: vscode.WebviewPanel): void {
    document.add(new MemoryPanel(panel, document.memory, this.#engine, this.#extension));
    panel.onDidDispose(() => {
      if (document.panels.length === 0) this.#documents.delete(document);
    });
  }
}
