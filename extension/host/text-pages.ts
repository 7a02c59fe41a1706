import * as vscode from 'vscode';

/** Text of a page that a window opens again. */
const NOT_KEPT = 'This page was not kept when the window was closed. Show it again where you opened it.\n';

/** Pages of text as read-only documents of one scheme. */
export class TextPages implements vscode.TextDocumentContentProvider {
  readonly #scheme: string;
  readonly #texts = new Map<string, string>();
  readonly #changes = new vscode.EventEmitter<vscode.Uri>();

  readonly onDidChange = this.#changes.event;

  constructor(scheme: string) {
    this.#scheme = scheme;
  }

  /** Registers the documents with the window. */
  register(): vscode.Disposable {
    return vscode.workspace.registerTextDocumentContentProvider(this.#scheme, this);
  }

  provideTextDocumentContent({ path }: vscode.Uri): string {
    return this.#texts.get(path) ?? NOT_KEPT;
  }

  /** Shows a text under a name. Text that was shown under this name before is replaced. Returns the address of its document. */
  async show(name: string, text: string): Promise<vscode.Uri> {
    const uri = vscode.Uri.from({ scheme: this.#scheme, path: `/${name.replaceAll('/', ' ')}.txt` });
    this.#texts.set(uri.path, text);
    this.#changes.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
    return uri;
  }
}
