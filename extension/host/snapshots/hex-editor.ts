import * as vscode from 'vscode';
import { formatAddress } from '../../../engine/core/format.ts';
import type { ActiveMemory } from './active-memory.ts';

/** Microsoft's Hex Editor, and its editor. */
const EXTENSION = 'ms-vscode.hexeditor';
const EDITOR = 'hexEditor.hexedit';

/** Offers *Open in Hex Editor* only while that extension is installed. */
export function offerHexEditor(): vscode.Disposable {
  const offer = (): void => {
    const isInstalled = vscode.extensions.getExtension(EXTENSION) !== undefined;
    void vscode.commands.executeCommand('setContext', 'stableMemory.hasHexEditor', isInstalled);
  };
  offer();
  return vscode.extensions.onDidChange(offer);
}

/**
 * Opens the snapshot in Microsoft's Hex Editor. That has no way to open at an offset, so the offset of the selection goes to the
 * clipboard, for its own *Go to Offset*.
 */
export async function openInHexEditor(active: ActiveMemory, selected: number | undefined): Promise<void> {
  const memory = active.current?.memory;
  if (memory?.kind !== 'snapshot') throw new Error('Only a snapshot is a file that the Hex Editor can open.');
  await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(memory.path), EDITOR);
  if (selected === undefined) return;
  const offset = formatAddress(selected);
  await vscode.env.clipboard.writeText(offset);
  void vscode.window.showInformationMessage(`Press Ctrl+G and paste to go to ${offset}. The offset is in the clipboard.`);
}
