import * as vscode from 'vscode';
import type { MemoryRef } from '../../../engine/views/protocol.ts';
import type { EngineClient } from '../engine-client.ts';
import { memoryKey } from '../memory-key.ts';
import type { ActiveMemory } from '../snapshots/active-memory.ts';
import { showBytes } from '../snapshots/show-bytes.ts';
import { TablePanel, type TableSource } from './table-panel.ts';

export const TABLE = 'stableMemory.table';

/** The tables on screen, one for each structure. */
export class TablePanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #active: ActiveMemory;
  readonly #extension: vscode.Uri;
  readonly #panels = new Map<string, TablePanel>();
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor(engine: EngineClient, active: ActiveMemory, extension: vscode.Uri) {
    this.#engine = engine;
    this.#active = active;
    this.#extension = extension;
    this.#subscriptions = [
      active.onDidChangeContent((memory) => {
        for (const table of this.#of(memory)) table.show();
      }),
      // The step of a session that has ended cannot be read any more.
      active.onDidDrop((memory) => {
        if (memory.kind === 'step') for (const table of this.#of(memory)) table.panel.dispose();
      }),
    ];
  }

  /** The table of the active editor. */
  get focused(): TablePanel | undefined {
    return [...this.#panels.values()].find(({ panel }) => panel.active);
  }

  /** Shows the table of a structure, beside the editor of its memory. */
  show(source: TableSource): TablePanel {
    const open = this.#panels.get(keyOf(source));
    if (open) {
      open.panel.reveal();
      return open;
    }
    const [other] = [...this.#panels.values()].flatMap(({ panel }) => panel.viewColumn ?? []);
    const panel = vscode.window.createWebviewPanel(TABLE, 'Table', other ?? vscode.ViewColumn.Beside);
    return this.#add(panel, source);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const source = sourceOf(state);
    // Debug sessions are not restored.
    if (source?.memory.kind === 'snapshot') this.#add(panel, source);
    else panel.dispose();
  }

  dispose(): void {
    for (const each of this.#subscriptions) each.dispose();
    for (const each of this.#panels.values()) each.dispose();
  }

  #of(memory: MemoryRef): readonly TablePanel[] {
    return [...this.#panels.values()].filter(({ source }) => memoryKey(source.memory) === memoryKey(memory));
  }

  #add(panel: vscode.WebviewPanel, source: TableSource): TablePanel {
    const table = new TablePanel(panel, source, this.#engine, this.#extension, (memory, { start }) =>
      showBytes(this.#active, memory, start),
    );
    const key = keyOf(source);
    this.#panels.set(key, table);
    panel.onDidDispose(() => {
      table.dispose();
      if (this.#panels.get(key) === table) this.#panels.delete(key);
      this.#closeUnused(source.memory);
    });
    return table;
  }

  /** Closes a snapshot that only tables showed. */
  #closeUnused(memory: MemoryRef): void {
    if (memory.kind !== 'snapshot' || this.#active.find(memory) || this.#of(memory).length > 0 || !this.#engine.running) return;
    this.#engine.close(memory).catch(() => undefined);
  }
}

function keyOf({ memory, part }: TableSource): string {
  return `${memoryKey(memory)} ${part}`;
}

/** Reads the source from the state that a page saved. */
function sourceOf(state: unknown): TableSource | undefined {
  if (typeof state !== 'object' || state === null || !('memory' in state && 'part' in state)) return undefined;
  const { memory, part } = state;
  if (typeof part !== 'string' || typeof memory !== 'object' || memory === null || !('path' in memory)) return undefined;
  return typeof memory.path === 'string' ? { memory: { kind: 'snapshot', path: memory.path }, part } : undefined;
}
