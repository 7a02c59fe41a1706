import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { formatBytes } from '../../../../engine/core/format.ts';

/** Maximum size of a file that is copied, in bytes. The copy holds the whole file in this process's memory. */
const MAX_COPY = 256 * 2 ** 20;

/** A snapshot's file on disk, wherever the snapshot is opened from. */
export interface LocalFile {
  readonly path: string;
  /** True for a private copy, which is deleted when its document is closed. */
  readonly isCopy: boolean;
  /** Deletes the copy. May be called more than once. */
  remove(): void;
}

/**
 * Returns a file with the bytes at `uri` that the engine can read. A file that is not on disk, such as the Git version that
 * Source Control compares with, is copied to a private temporary folder. The copy keeps the names of the original and its folder.
 * @throws Error with a message for the user.
 */
export async function localFile(uri: vscode.Uri): Promise<LocalFile> {
  if (uri.scheme === 'file') return { path: uri.fsPath, isCopy: false, remove: () => undefined };
  const name = basename(uri.path);
  let bytes: Uint8Array;
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > MAX_COPY)
      throw new Error(`Its size is ${formatBytes(size)}. At most ${formatBytes(MAX_COPY)} can be copied from ${uri.scheme}:.`);
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
  await writeFile(path, bytes, { mode: 0o600 });
  return { path, isCopy: true, remove };
}
