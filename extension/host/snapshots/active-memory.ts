import * as vscode from 'vscode';
import type { MemoryRef, ScanSummary } from '../../../engine/views/protocol.ts';
import { memoryKey } from '../engine-client.ts';

/** A memory that the window shows somewhere: a snapshot with its editors, or the moment of a debug session. */
export interface ShownMemory {
  readonly memory: MemoryRef;
  /** What people call it: a file's or a trace's name. */
  readonly title: string;
  /** What the whole walk told, where one of its editors has it already. */
  readonly scan: ScanSummary | undefined;
  /** Selects bytes where the memory is drawn. With `open`, brings that to the front, and makes it first where need be. */
  select(offset: number, open: boolean): void;
  /** Draws it again, after something changed about how it is shown. */
  redraw(): void;
}

/** Which of the shown memories the trees follow: the one that was looked at, or stepped to, last. */
export class ActiveMemory implements vscode.Disposable {
  readonly #changes = new vscode.EventEmitter<ShownMemory | undefined>();
  readonly #scans = new vscode.EventEmitter<void>();
  readonly #anyScans = new vscode.EventEmitter<ShownMemory>();
  readonly #drops = new vscode.EventEmitter<MemoryRef>();
  readonly #selections = new vscode.EventEmitter<string>();
  /** The last used one stands last. */
  readonly #shown = new Map<string, ShownMemory>();

  /** Another memory is active, or the active one has other content now. */
  readonly onDidChange = this.#changes.event;
  /** More is known of the active memory: its whole walk is done. */
  readonly onDidScan = this.#scans.event;
  /** The whole walk of a memory is done, whether or not it is the active one. */
  readonly onDidScanAny = this.#anyScans.event;
  /** Nothing shows this memory any more. */
  readonly onDidDrop = this.#drops.event;
  /** The user selected bytes of this part of the active memory, where it is drawn. */
  readonly onDidSelect = this.#selections.event;

  get current(): ShownMemory | undefined {
    return [...this.#shown.values()].at(-1);
  }

  find(memory: MemoryRef): ShownMemory | undefined {
    return this.#shown.get(memoryKey(memory));
  }

  /** The user turned to it, or its content changed under his eyes. */
  use(shown: ShownMemory): void {
    const key = memoryKey(shown.memory);
    this.#shown.delete(key);
    this.#shown.set(key, shown);
    this.#announce();
  }

  scanned(shown: ShownMemory): void {
    this.#anyScans.fire(shown);
    if (this.current === shown) this.#scans.fire();
  }

  selected(shown: ShownMemory, part: string): void {
    if (this.current === shown) this.#selections.fire(part);
  }

  /** Draws all of them again. */
  redraw(): void {
    for (const shown of this.#shown.values()) shown.redraw();
    this.#announce();
  }

  /** Nothing shows it any more. */
  drop(memory: MemoryRef): void {
    this.#drops.fire(memory);
    if (this.#shown.delete(memoryKey(memory))) this.#announce();
  }

  dispose(): void {
    this.#changes.dispose();
    this.#scans.dispose();
    this.#anyScans.dispose();
    this.#drops.dispose();
    this.#selections.dispose();
  }

  #announce(): void {
    void vscode.commands.executeCommand('setContext', 'stableMemory.hasMemory', this.#shown.size > 0);
    this.#changes.fire(this.current);
  }
}
