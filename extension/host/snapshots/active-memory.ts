import * as vscode from 'vscode';
import type { MemoryRef, ScanSummary } from '../../../engine/views/protocol.ts';
import { memoryKey } from '../memory-key.ts';

/** A memory that the window shows: a snapshot with its editors, or the current step of a debug session. */
export interface ShownMemory {
  readonly memory: MemoryRef;
  /** The name of the file or trace. */
  readonly title: string;
  /** The snapshot or trace, to whom the bookmarks belong. */
  readonly document: string;
  /** Result of the full scan, if one of its editors has it already. */
  readonly scan: ScanSummary | undefined;
  /**
   * Selects bytes in the editor that draws the memory. With `open`, brings the editor to the front and creates it if necessary.
   */
  select(offset: number, open: boolean): void;
  /** Draws it again after a change of how it is shown. */
  redraw(): void;
}

/** Bytes that the user selected in an editor. */
export interface SelectedBytes {
  /** The innermost part that has them. */
  readonly part: string;
  readonly offset: number;
}

/** Tracks the memory that the trees follow: the last one that was looked at or stepped to. */
export class ActiveMemory implements vscode.Disposable {
  readonly #changes = new vscode.EventEmitter<ShownMemory | undefined>();
  readonly #scans = new vscode.EventEmitter<void>();
  readonly #anyScans = new vscode.EventEmitter<ShownMemory>();
  readonly #contents = new vscode.EventEmitter<MemoryRef>();
  readonly #drops = new vscode.EventEmitter<MemoryRef>();
  readonly #selections = new vscode.EventEmitter<SelectedBytes>();
  /** In order of use; the most recent is last. */
  readonly #shown = new Map<string, ShownMemory>();

  /** Fires when another memory becomes active, or the active one has new content. */
  readonly onDidChange = this.#changes.event;
  /** Fires when the full scan of the active memory is done. */
  readonly onDidScan = this.#scans.event;
  /** Fires when the full scan of any memory is done. */
  readonly onDidScanAny = this.#anyScans.event;
  /** Fires when a memory has other bytes, or is decoded in another way. */
  readonly onDidChangeContent = this.#contents.event;
  /** Fires when nothing shows a memory any more. */
  readonly onDidDrop = this.#drops.event;
  /** Fires when the user selects bytes in an editor of the active memory. */
  readonly onDidSelect = this.#selections.event;

  get current(): ShownMemory | undefined {
    return [...this.#shown.values()].at(-1);
  }

  find(memory: MemoryRef): ShownMemory | undefined {
    return this.#shown.get(memoryKey(memory));
  }

  /** Makes a memory the active one: the user turned to it, or its content changed. */
  use(shown: ShownMemory): void {
    const key = memoryKey(shown.memory);
    this.#shown.delete(key);
    this.#shown.set(key, shown);
    this.#announce();
  }

  /** Announces that a memory has other bytes now, or is decoded in another way. */
  contentChanged({ memory }: ShownMemory): void {
    this.#contents.fire(memory);
  }

  scanned(shown: ShownMemory): void {
    this.#anyScans.fire(shown);
    if (this.current === shown) this.#scans.fire();
  }

  selected(shown: ShownMemory, bytes: SelectedBytes): void {
    if (this.current === shown) this.#selections.fire(bytes);
  }

  /** Redraws all memories. */
  redraw(): void {
    for (const shown of this.#shown.values()) {
      shown.redraw();
      this.contentChanged(shown);
    }
    this.#announce();
  }

  /** Removes a memory that nothing shows any more. */
  drop(memory: MemoryRef): void {
    this.#drops.fire(memory);
    if (this.#shown.delete(memoryKey(memory))) this.#announce();
  }

  dispose(): void {
    this.#changes.dispose();
    this.#scans.dispose();
    this.#anyScans.dispose();
    this.#contents.dispose();
    this.#drops.dispose();
    this.#selections.dispose();
  }

  #announce(): void {
    void vscode.commands.executeCommand('setContext', 'stableMemory.hasMemory', this.#shown.size > 0);
    this.#changes.fire(this.current);
  }
}
