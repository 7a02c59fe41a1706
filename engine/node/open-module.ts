import { formatBytes } from '../core/format.ts';
import type { ByteSource } from '../core/memory/source.ts';
import { FileSource } from './file-source.ts';
import { firstBytes } from './open-source.ts';
import { packingOf, unpack } from './unpack.ts';

/** Maximum size of a module on the Internet Computer, in bytes. */
const MAX_MODULE = 256 * 1024 * 1024;

/**
 * Opens a canister's module. A compressed one is unpacked to a temporary file. Returns a sentence if it cannot be unpacked.
 * @throws UserError if the file cannot be read
 */
export async function openModule(path: string): Promise<(ByteSource & { close(): void }) | string> {
  const file = new FileSource(path);
  const packing = packingOf(firstBytes(path));
  if (packing === undefined) return file;
  file.close();
  const unpacked = await unpack(path, packing, { unpackLimit: MAX_MODULE });
  return typeof unpacked === 'string' ? unpacked : unpacked.source;
}

/** Reads a module as a whole. Returns a sentence if it cannot be read. @throws UserError if the file cannot be read */
export async function readModuleFile(path: string): Promise<Uint8Array | string> {
  const module = await openModule(path);
  if (typeof module === 'string') return module;
  try {
    if (module.size > MAX_MODULE)
      return `It has ${formatBytes(module.size)}. No canister's module has more than ${formatBytes(MAX_MODULE)}.`;
    const bytes = new Uint8Array(module.size);
    module.read(0, bytes);
    return bytes;
  } finally {
    module.close();
  }
}
