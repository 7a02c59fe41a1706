import * as vscode from 'vscode';
import { plainText } from '../plain-text.ts';

/** The place and value of the selected bytes, in the status bar while an editor of a memory is active. */
export class SelectionStatus implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('stableMemory.selection', vscode.StatusBarAlignment.Right, 100);
  /** The editor that shows its selection. */
  #owner: object | undefined;

  constructor() {
    this.#item.name = 'Selected Bytes';
    this.#item.tooltip = 'The selected bytes: offset in the image, address in their memory, size and value';
  }

  /** Shows the selection of an editor. `undefined` removes it, if it is that editor's. */
  show(owner: object, text: string | undefined): void {
    if (text === undefined) {
      if (this.#owner === owner) this.#item.hide();
      return;
    }
    this.#owner = owner;
    this.#item.text = plainText(text);
    this.#item.show();
  }

  dispose(): void {
    this.#item.dispose();
  }
}
