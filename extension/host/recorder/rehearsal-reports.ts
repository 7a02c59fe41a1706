import { basename } from 'node:path';
import * as vscode from 'vscode';

const SCHEME = 'stable-memory-rehearsal';

/** Reports of rehearsals as read-only documents. */
export class RehearsalReports implements vscode.TextDocumentContentProvider {
  readonly #texts = new Map<string, string>();
  readonly #changes = new vscode.EventEmitter<vscode.Uri>();

  readonly onDidChange = this.#changes.event;

  /** Registers the documents with the window. */
  register(): vscode.Disposable {
    return vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  provideTextDocumentContent({ path }: vscode.Uri): string | undefined {
    return this.#texts.get(path);
  }

  /** Shows the report of the upgrade of a snapshot to a module. Lines have tabs between columns. */
  async show(snapshot: string, module: string, report: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/Upgrade to ${basename(module)}.txt` });
    const heading = `Snapshot:   ${snapshot}\nNew module: ${module}`;
    this.#texts.set(uri.path, `${heading}\n\n${report.replaceAll('\t', '  ')}\n`);
    this.#changes.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
  }
}
