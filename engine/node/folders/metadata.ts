import { join } from 'node:path';
import { isByteCount, isRecord, readJsonFile } from './json-file.ts';

export const METADATA_FILE = 'metadata.json';

/** The part of a snapshot's `metadata.json` that is needed to read its memories. */
export interface Metadata {
  /** Bytes. */
  readonly stableMemorySize: number | undefined;
  /** Bytes. */
  readonly wasmMemorySize: number | undefined;
  /** True if Juno wrote it. */
  readonly isJuno: boolean;
  /** A full sentence that says what is wrong with the file. */
  readonly problem: string | undefined;
}

/**
 * Reads `metadata.json`. Returns undefined if there is none. `dfx` and `icp` write the management canister's response with plain
 * numbers. Juno writes it in camel case under `metadata`, with 64-bit numbers as `{"__bigint__": "…"}`. Sizes are far below 2^53,
 * unlike timestamps.
 */
export function readMetadata(folder: string): Metadata | undefined {
  const path = join(folder, METADATA_FILE);
  const file = readJsonFile(path);
  if (file.kind === 'absent') return undefined;
  if (file.kind === 'unreadable') {
    return {
      stableMemorySize: undefined,
      wasmMemorySize: undefined,
      isJuno: false,
      problem: `${file.problem} The sizes of the files are used instead.`,
    };
  }
  const outer = isRecord(file.value) ? file.value : {};
  const inner = isRecord(outer['metadata']) ? outer['metadata'] : {};
  const stableMemorySize = byteCount(outer['stable_memory_size']) ?? byteCount(inner['stableMemorySize']);
  const wasmMemorySize = byteCount(outer['wasm_memory_size']) ?? byteCount(inner['wasmMemorySize']);
  const problem =
    stableMemorySize === undefined
      ? `${path} has no valid size of stable memory. The size of the file is used instead.`
      : undefined;
  return { stableMemorySize, wasmMemorySize, isJuno: isRecord(outer['metadata']), problem };
}

function byteCount(value: unknown): number | undefined {
  const text = isRecord(value) ? value['__bigint__'] : undefined;
  const number = typeof text === 'string' && /^\d{1,16}$/.test(text) ? Number(text) : value;
  return isByteCount(number) ? number : undefined;
}
