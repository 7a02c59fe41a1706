import { join } from 'node:path';
import { type OffsetRange, offsetAt } from '../../core/memory/memory.ts';
import { isByteCount, isRecord, readJsonFile } from './json-file.ts';

/**
 * Chunk size of downloads by `dfx` and `icp`, in bytes. `icp` sets the file's full length at the start, so missing chunks read as
 * zero.
 */
export const DOWNLOAD_CHUNK = 2_000_000;

/** Progress of the download of one memory, in bytes. */
export interface Progress {
  /** Everything before it is downloaded. */
  readonly frontier: number;
  /** Starts of chunks after the frontier that are downloaded too. */
  readonly ahead: readonly number[];
}

/** Reads `.download_progress.json`, which `icp canister snapshot download` keeps next to the files until they are complete. */
export function readProgress(folder: string, memory: 'stable_memory' | 'wasm_memory'): Progress | undefined {
  const file = readJsonFile(join(folder, '.download_progress.json'));
  if (file.kind === 'absent') return undefined;
  const own = file.kind === 'value' && isRecord(file.value) ? file.value[memory] : undefined;
  if (!isRecord(own)) return { frontier: 0, ahead: [] };
  const frontier = isByteCount(own['frontier']) ? own['frontier'] : 0;
  const ahead = Array.isArray(own['ahead']) ? own['ahead'].filter(isByteCount) : [];
  return { frontier, ahead };
}

/** Returns the missing ranges of a memory of `bytes` bytes, in order and merged. `fileLength` is in bytes. */
export function missingParts(fileLength: number, bytes: number, progress: Progress | undefined): readonly OffsetRange[] {
  const missing: { start: number; end: number }[] = [];
  const add = (start: number, end: number): void => {
    const last = missing.at(-1);
    if (last !== undefined && last.end >= start) last.end = Math.max(last.end, end);
    else if (end > start) missing.push({ start, end });
  };
  if (progress !== undefined) {
    const ahead = new Set(progress.ahead);
    const first = Math.floor(progress.frontier / DOWNLOAD_CHUNK) * DOWNLOAD_CHUNK;
    for (let start = first; start < bytes; start += DOWNLOAD_CHUNK) {
      if (!ahead.has(start)) add(Math.max(start, progress.frontier), Math.min(start + DOWNLOAD_CHUNK, bytes));
    }
  }
  add(fileLength, bytes);
  return missing.map(({ start, end }) => ({ start: offsetAt(0, start), length: end - start }));
}
