import { join } from 'node:path';
import { isByteCount, isRecord, readJsonFile } from './json-file.ts';

export const METADATA_FILE = 'metadata.json';

/** The part of a snapshot's `metadata.json` that is needed to read its memories. */
export interface Metadata {
  /** Bytes. */
  readonly stableMemorySize: number | undefined;
  /** Bytes. */
  readonly wasmMemorySize: number | undefined;
  /** Time at which the snapshot was taken, in milliseconds since 1970. */
  readonly takenAt: number | undefined;
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
      takenAt: undefined,
      isJuno: false,
      problem: `${file.problem} The sizes of the files are used instead.`,
    };
  }
  const outer = isRecord(file.value) ? file.value : {};
  const inner = isRecord(outer['metadata']) ? outer['metadata'] : {};
  const stableMemorySize = byteCount(outer['stable_memory_size']) ?? byteCount(inner['stableMemorySize']);
  const wasmMemorySize = byteCount(outer['wasm_memory_size']) ?? byteCount(inner['wasmMemorySize']);
  const takenAt = milliseconds(outer['taken_at_timestamp']) ?? milliseconds(inner['takenAtTimestamp']);
  const problem =
    stableMemorySize === undefined
      ? `${path} has no valid size of stable memory. The size of the file is used instead.`
      : undefined;
  return { stableMemorySize, wasmMemorySize, takenAt, isJuno: isRecord(outer['metadata']), problem };
}

/** Converts nanoseconds. A snapshot that a program made up has zero. */
function milliseconds(value: unknown): number | undefined {
  const text = isRecord(value) ? value['__bigint__'] : value;
  const nanoseconds = typeof text === 'string' && /^\d{1,20}$/.test(text) ? Number(text) : text;
  if (typeof nanoseconds !== 'number' || !(nanoseconds > 0 && nanoseconds < LAST_TIME)) return undefined;
  return Math.floor(nanoseconds / NANOSECONDS);
}

const NANOSECONDS = 1e6;
/** The first time after the last that has a year of four digits, in nanoseconds. */
const LAST_TIME = Date.UTC(9999, 11, 31) * NANOSECONDS;

function byteCount(value: unknown): number | undefined {
  const text = isRecord(value) ? value['__bigint__'] : undefined;
  const number = typeof text === 'string' && /^\d{1,16}$/.test(text) ? Number(text) : value;
  return isByteCount(number) ? number : undefined;
}
