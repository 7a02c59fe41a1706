import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type ByteSource, BytesSource } from '../memory/source.ts';
import { namesOfProgram, readModuleTexts } from '../motoko/stable-types.ts';
import type { FieldNames } from '../values/candid.ts';
import { FileSource } from './file-source.ts';

/** The Internet Computer takes no larger modules. */
const LARGEST_MODULE = 256 * 1024 * 1024;
const GZIP_MAGIC = [0x1f, 0x8b];

/**
 * Returns what the program of a snapshot calls its variables and fields; undefined where its module is not there or cannot be read: then
 * they go by their hashes. Of the module only the heads of its sections are read and the few that have names, unless it is compressed.
 */
export function readProgramNames(path: string | undefined): FieldNames | undefined {
  try {
    if (path === undefined || !statSync(path).isFile()) return undefined;
    const file = new FileSource(path);
    try {
      return namesOfProgram(readModuleTexts(unpackedModule(path, file)));
    } finally {
      file.close();
    }
  } catch {
    return undefined;
  }
}

/** The module, as canisters may also be installed with compressed ones. */
function unpackedModule(path: string, file: FileSource): ByteSource {
  const start = new Uint8Array(Math.min(file.size, GZIP_MAGIC.length));
  file.read(0, start);
  if (file.size > LARGEST_MODULE || !GZIP_MAGIC.every((byte, index) => start[index] === byte)) return file;
  return new BytesSource(gunzipSync(readFileSync(path), { maxOutputLength: LARGEST_MODULE }));
}
