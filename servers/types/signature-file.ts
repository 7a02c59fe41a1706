import { statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../engine/core/user-error.ts';
import { parseSignature } from '../../engine/motoko/signature/parse.ts';
import type { StableSignature } from '../../engine/motoko/signature/types.ts';
import { readModuleTexts } from '../../engine/motoko/stable-types.ts';
import { fileError } from '../../engine/node/file-error.ts';
import { openModule } from '../../engine/node/open-module.ts';
import { readWhole } from '../../engine/node/read-whole.ts';

/** Maximum size of a signature as text, in bytes. */
const MAX_BYTES = 16 * 2 ** 20;

/**
 * Reads the stable variables of a Motoko program from its signature (`.most`), its module, or a snapshot's folder with its module.
 * @throws UserError if there are none
 */
export async function readSignature(path: string): Promise<StableSignature> {
  const text = path.endsWith('.most') ? new TextDecoder().decode(readWhole(path, MAX_BYTES)) : await textInModule(moduleAt(path));
  const signature = text === undefined ? undefined : parseSignature(text);
  if (signature === undefined)
    throw new UserError(
      'input',
      `${path} has no signature of a Motoko program. Pass a .most file, a module, or a snapshot's folder.`,
    );
  return signature;
}

function moduleAt(path: string): string {
  try {
    return statSync(path).isDirectory() ? join(path, 'wasm_module.bin') : path;
  } catch (error) {
    throw fileError(path, error);
  }
}

async function textInModule(path: string): Promise<string | undefined> {
  const module = await openModule(path);
  if (typeof module === 'string') throw new UserError('input', `${path}: ${module}`);
  try {
    return readModuleTexts(module).stableTypes;
  } finally {
    module.close();
  }
}
