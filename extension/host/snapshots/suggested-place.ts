/** Names that are suggested for files and folders that are written. */
import { homedir } from 'node:os';
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import type { MemoryRef } from '../../../engine/views/protocol.ts';

/** Returns the folder that is suggested: never that of the snapshot, into which nothing is written. */
export function folderFor(memory: MemoryRef): vscode.Uri {
  const own = memory.kind === 'snapshot' ? dirname(memory.path) : undefined;
  const open = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file' && uri.fsPath !== own)?.uri;
  return open ?? vscode.Uri.file(own === undefined ? homedir() : dirname(own));
}

/** Returns the title of a snapshot or trace without the endings of its file. */
export function nameOf(title: string): string {
  return basename(title).replace(/\.(bin|smtrace)(\.(gz|zst|jsonl))?$/, '');
}
