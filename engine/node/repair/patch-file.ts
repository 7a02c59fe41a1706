import type { Patch } from '../../repair/patch/patch.ts';
import { readPatch } from '../../repair/patch/patch-text.ts';
import { readWhole } from '../read-whole.ts';

/** Maximum size of a patch's file, in bytes. A longer text does not fit into one string. */
const MAX_BYTES = 500 * 2 ** 20;

/** Reads a patch. @throws UserError with one sentence if it is not one, is too large or cannot be read */
export function readPatchFile(path: string): Patch {
  return readPatch(new TextDecoder().decode(readWhole(path, MAX_BYTES)), path);
}
