import type { ReadableMemory } from '../../../engine/core/memory/memory.ts';
import { encodedText } from '../../../engine/core/write-text.ts';
import type { OpenImage } from '../../../engine/node/open-image.ts';
import {
  assertNewFolder,
  type SnapshotFolderOptions,
  writeSnapshotFolder,
} from '../../../engine/node/output/snapshot-folder/write-snapshot-folder.ts';
import { checkTarget, type OutputOptions, openUnfinished } from '../../../engine/node/output/write-output.ts';
import type { Patch } from '../../../engine/repair/patch/patch.ts';
import { patchText } from '../../../engine/repair/patch/patch-text.ts';
import type { Written } from '../../../engine/views/repair/repair-report.ts';
import type { Arguments } from '../arguments.ts';

/** Checks -o FOLDER and --patch FILE before a long scan. @throws UserError if one of them must not be written to */
export function assertTargets(image: OpenImage, args: Arguments): void {
  const [folder, patch] = [args.option('output'), args.option('patch')];
  if (folder !== undefined) assertNewFolder(folder, image);
  if (patch !== undefined) checkTarget(patch, optionsOf(image, args));
}

/**
 * Writes the changed memory as the new folder of -o, its changes as the file of --patch, or both: neither is there if one cannot be written.
 * @throws UserError if one of them must not or cannot be written
 */
export async function writeFolderAndPatch(
  image: OpenImage,
  memory: ReadableMemory,
  changes: () => Patch,
  args: Arguments,
  options?: SnapshotFolderOptions,
): Promise<Written> {
  const [folder, patch] = [args.option('output'), args.option('patch')];
  const file = patch === undefined ? undefined : openUnfinished(patch, optionsOf(image, args));
  try {
    if (file !== undefined) for (const bytes of encodedText(patchText(changes()))) file.write(bytes);
    const remarks = folder === undefined ? [] : await writeSnapshotFolder(folder, image, memory, options);
    file?.finish();
    return { ...(folder !== undefined && { folder }), ...(patch !== undefined && { patch }), remarks };
  } finally {
    file?.close();
  }
}

function optionsOf({ files, folder }: OpenImage, args: Arguments): OutputOptions {
  return { inputs: files, folder, force: args.flag('force') };
}
