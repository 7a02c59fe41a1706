import * as vscode from 'vscode';
import type { MemoryRef } from '../../../engine/views/protocol.ts';
import type { ActiveMemory } from '../snapshots/active-memory.ts';
import { showBytes } from '../snapshots/show-bytes.ts';
import { TextPages } from '../text-pages.ts';

/** Scheme of the pages with what does not decode as a type. */
const TYPES_SCHEME = 'stable-memory-types';

/** An offset in the image, in a line of a failure. */
const OFFSET = /^ +[\d,]+ .*?(0x[\da-f]+)/;

/** Pages with what does not decode as a type. The offsets in them are links to the bytes. */
export class TypePages implements vscode.DocumentLinkProvider {
  readonly #pages = new TextPages(TYPES_SCHEME);
  /** The memories that the pages are about, by the path of the page. */
  readonly #memories = new Map<string, MemoryRef>();
  readonly #active: ActiveMemory;

  constructor(active: ActiveMemory) {
    this.#active = active;
  }

  register(): vscode.Disposable {
    return vscode.Disposable.from(
      this.#pages.register(),
      vscode.languages.registerDocumentLinkProvider({ scheme: TYPES_SCHEME }, this),
    );
  }

  async show(name: string, text: string, memory: MemoryRef): Promise<void> {
    const uri = await this.#pages.show(name, text);
    this.#memories.set(uri.path, memory);
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
  async select(page: unknown, offset: unknown): Promise<void> {
    const memory = typeof page === 'string' ? this.#memories.get(page) : undefined;
    if (typeof offset !== 'number') return;
    if (memory === undefined) throw new Error('This page was not kept when the window was closed. Try the type again.');
    await showBytes(this.#active, memory, offset);
  }
}
