import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { formatBytes } from '../../../engine/core/format.ts';

/** A larger file is not copied: it goes through this process's memory as a whole. Bytes. */
const MAX_COPY = 256 * 2 ** 20;

/** A snapshot's file on disk, whatever place it is opened from. */
export interface LocalFile {
  readonly path: string;
  /** True for a private copy, which goes with its document. */
  readonly isCopy: boolean;
  /** May be called again. */
  remove(): void;
}

/**
 * Makes the bytes at `uri` a file that the engine can read. What is not on disk, such as the version in Git that Source Control compares with,
 * is copied to a private temporary folder; the copy has the names of the original and its folder.
 * @throws an error with a sentence for the user.
 */
export async function localFile(uri: vscode.Uri): Promise<LocalFile> {
  if (uri.scheme === 'file') return { path: uri.fsPath, isCopy: false, remove: () => undefined };
  const name = basename(uri.path);
  let bytes: Uint8Array;
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > MAX_COPY)
      throw new Error(`It has ${formatBytes(size)}, and only ${formatBytes(MAX_COPY)} are copied from ${uri.scheme}:.`);
    bytes = await vscode.workspace.fs.readFile(uri);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${name} could not be read from ${uri.scheme}:. ${reason} Save it to disk and open it there.`);
  }
  const root = mkdtempSync(join(tmpdir(), 'stable-memory-'));
  const remove = (): void => {
    rmSync(root, { recursive: true, force: true });
    process.off('exit', remove);
  };
  process.on('exit', remove);
  const folder = join(root, basename(dirname(uri.path)) || 'snapshot');
  mkdirSync(folder);
  const path = join(folder, name);
  writeFileSync(path, bytes, { mode: 0o600 });
  return { path, isCopy: true, remove };
}
