import { statSync } from 'node:fs';
import { describeFileError } from '../../engine/node/file-error.ts';
import { findInFolder } from '../../engine/node/folders/find.ts';
import type { MemoryFiles } from '../../engine/node/folders/snapshot-files.ts';
import { Refusal } from './snapshots.ts';

/**
 * Finds the file that an editor of the snapshot at `path` opens: an editor is of a file, also where a snapshot is a folder.
 * @throws Refusal with a sentence, where there is none.
 */
export function snapshotFile(path: string): string {
  try {
    if (!statSync(path).isDirectory()) return path;
  } catch (error) {
    throw new Refusal(describeFileError(path, error));
  }
  const found = findInFolder(path);
  if ('problem' in found) throw new Refusal(found.problem);
  const file = fileOf(found.stable) ?? fileOf(found.main);
  if (file === undefined) throw new Refusal(`The snapshot in ${path} has nothing to show: its stable memory is empty.`);
  return file;
}

function fileOf(files: MemoryFiles | undefined): string | undefined {
  if (files?.kind === 'layers') return files.base ?? files.overlays.at(-1);
  return files?.kind === 'file' ? files.path : undefined;
}
