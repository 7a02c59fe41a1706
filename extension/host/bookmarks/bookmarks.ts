import * as vscode from 'vscode';
import type { Bookmark } from '../../../engine/views/protocol.ts';

const KEY = 'stableMemory.bookmarks';

/** The bookmarks of each snapshot and trace, by address. They are kept in the workspace, never in a file. */
export class Bookmarks implements vscode.Disposable {
  readonly #storage: vscode.Memento;
  readonly #changes = new vscode.EventEmitter<string>();
  /** Fires with the document whose bookmarks changed. */
  readonly onDidChange = this.#changes.event;

  constructor(storage: vscode.Memento) {
    this.#storage = storage;
  }

  of(document: string): readonly Bookmark[] {
    return this.#all()[document] ?? [];
  }

  /** Adds a bookmark, or removes the one that begins at the same byte. */
  toggle(document: string, bookmark: Bookmark): void {
    const others = this.of(document).filter(({ start }) => start !== bookmark.start);
    const isThere = others.length < this.of(document).length;
    this.#set(document, isThere ? others : [...others, bookmark]);
  }

  rename(document: string, { start }: Bookmark, name: string): void {
    this.#set(
      document,
      this.of(document).map((each) => (each.start === start ? { ...each, name } : each)),
    );
  }

  dispose(): void {
    this.#changes.dispose();
  }

  #all(): Readonly<Record<string, readonly Bookmark[]>> {
    return this.#storage.get(KEY, {});
  }

  #set(document: string, bookmarks: readonly Bookmark[]): void {
    const sorted = [...bookmarks].sort((a, b) => a.start - b.start);
    const { [document]: _, ...others } = this.#all();
    void this.#storage.update(KEY, sorted.length === 0 ? others : { ...others, [document]: sorted });
    this.#changes.fire(document);
  }
}
