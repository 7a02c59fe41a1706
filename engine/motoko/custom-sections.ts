/**
 * The custom sections of a WebAssembly module (WebAssembly core specification, "Custom Section"): sections with the id 0, whose
 * content begins with a name, a LEB128 length and UTF-8.
 */
import type { ByteSource } from '../core/memory/source.ts';
import { ModuleReader, readSections } from './program/module.ts';

const CUSTOM = 0;
/**
 * All custom sections of a canister have at most 1 MiB (Internet Computer interface specification, "Metadata"). Longer ones are
 * read up to here.
 */
const MAX_CONTENT = 1024 * 1024;

/**
 * Returns the contents of the custom sections whose names are wanted, as far as the module can be read. Skips everything else.
 */
export function readCustomSections(
  module: ByteSource,
  isWanted: (name: string) => boolean,
): ReadonlyMap<string, Uint8Array<ArrayBuffer>> {
  const found = new Map<string, Uint8Array<ArrayBuffer>>();
  const reader = new ModuleReader(module);
  for (const { id, start, end } of readSections(module)) {
    if (id !== CUSTOM) continue;
    reader.position = start;
    const name = reader.name();
    if (isWanted(name) && reader.position <= end) found.set(name, reader.bytes(Math.min(MAX_CONTENT, end - reader.position)));
  }
  return found;
}
