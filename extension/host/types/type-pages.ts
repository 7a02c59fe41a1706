import * as vscode from 'vscode';
import type { ShownMemory } from '../snapshots/active-memory.ts';
import { TextPages } from '../text-pages.ts';

/** Scheme of the pages with what does not decode as a type. */
const TYPES_SCHEME = 'stable-memory-types';

/** An offset in the image, in a line of a failure. */
const OFFSET = /^ +[\d,]+ .*?(0x[\da-f]+)/;

/** Pages with what does not decode as a type. The offsets in them are links to the bytes. */
export class TypePages implements vscode.DocumentLinkProvider {
  readonly #pages = new TextPages(TYPES_SCHEME);
  /** The memories that the pages are about, by the path of the page. */
  readonly #shown = new Map<string, ShownMemory>();

  register(): vscode.Disposable {
    return vscode.Disposable.from(
      this.#pages.register(),
      vscode.languages.registerDocumentLinkProvider({ scheme: TYPES_SCHEME }, this),
    );
  }

  async show(name: string, text: string, shown: ShownMemory): Promise<void> {
    const uri = await this.#pages.show(name, text);
    this.#shown.set(uri.path, shown);
  }

  provideDocumentLinks(document: vscode.TextDocument): vscode.DocumentLink[] {
    const links: vscode.DocumentLink[] = [];
    for (let line = 0; line < document.lineCount; line++) {
      const [whole, offset] = OFFSET.exec(document.lineAt(line).text) ?? [];
      if (whole === undefined || offset === undefined) continue;
      const range = new vscode.Range(line, whole.length - offset.length, line, whole.length);
      const args = encodeURIComponent(JSON.stringify([document.uri.path, Number(offset)]));
      const link = new vscode.DocumentLink(range, vscode.Uri.parse(`command:stableMemory.showByte?${args}`));
      link.tooltip = 'Show this byte';
      links.push(link);
    }
    return links;
  }

  /** Selects a byte of the memory that a page is about. */
  select(page: unknown, offset: unknown): void {
    const shown = typeof page === 'string' ? this.#shown.get(page) : undefined;
    if (typeof offset !== 'number') return;
    if (shown === undefined) throw new Error('This page was not kept when the window was closed. Try the type again.');
    shown.select(offset, true);
  }
}
