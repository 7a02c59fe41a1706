import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { METADATA_FILE } from '../../folders/metadata.ts';
import { PACKED_ENDINGS } from '../../folders/snapshot-files.ts';

/** Folder of a snapshot with the chunks of modules that were uploaded. */
const CHUNKS = 'wasm_chunk_store';

/** A file that goes along with a stable memory. */
export interface Neighbour {
  readonly path: string;
  /** Its path in the new folder, with `/`. */
  readonly name: string;
}

/** How far a download or an upload of `dfx` or `icp` is, and who is at it. A new snapshot has none of it. */
const PROGRESS = /^(\.download_progress\.json|\.upload_progress\.json|\.lock|[0-9a-f]{20,}\.json)$/;

/** Returns the files of a snapshot's folder apart from the memory `except`, its metadata, and the progress of transfers. */
export function neighboursOf(folder: string, except: string): readonly Neighbour[] {
  const isLeftOut = (name: string): boolean =>
    name === METADATA_FILE || PROGRESS.test(name) || ['', ...PACKED_ENDINGS].some((ending) => name === `${except}${ending}`);
  const own = filesIn(folder).filter((name) => !isLeftOut(name));
  const chunks = filesIn(join(folder, CHUNKS)).map((name) => `${CHUNKS}/${name}`);
  return [...own, ...chunks].map((name) => ({ path: join(folder, name), name }));
}

/** Returns the regular files of a folder, and links to some; none if there is no such folder. */
function filesIn(folder: string): readonly string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(folder)
    .filter((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.isFile() === true)
    .sort();
}
