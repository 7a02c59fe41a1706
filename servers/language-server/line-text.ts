import type { TextDocument } from 'vscode-languageserver-textdocument';

/** Returns the text of a line without its line break. */
export function lineText(document: TextDocument, line: number): string {
  const start = { line, character: 0 };
  return document.getText({ start, end: { line: line + 1, character: 0 } }).replace(/\r?\n$/, '');
}
