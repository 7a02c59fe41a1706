import { statSync } from 'node:fs';
import { UserError } from '../../engine/core/user-error.ts';
import { describeFileError } from '../../engine/node/file-error.ts';
import { findInFolder } from '../../engine/node/folders/find.ts';
import type { MemoryFiles } from '../../engine/node/folders/snapshot-files.ts';

/**
 * Returns the file that an editor opens for the snapshot at `path`. An editor needs a file even if the snapshot is a folder.
 * @throws UserError if there is none.
 */
export function snapshotFile(path: string): string {
  try {
    if (!statSync(path).isDirectory()) return path;
  } catch (error) {
    throw new UserError('request', describeFileError(path, error));
  }
  const found = findInFolder(path);
  if ('problem' in found) throw new UserError('request', found.problem);
  const file = fileOf(found.stable) ?? fileOf(found.main);
  if (file === undefined)
    throw new UserError('request', `The snapshot in ${path} has nothing to show: its stable memory is empty.`);
  return file;
}

function fileOf(files: MemoryFiles | undefined): string | undefined {
  if (files?.kind === 'layers') return files.base ?? files.overlays.at(-1);
  return files?.kind === 'file' ? files.path : undefined;
}
