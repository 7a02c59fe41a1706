import { join } from 'node:path';
import { type OffsetRange, offsetAt } from '../../core/memory/memory.ts';
import { isByteCount, isRecord, readJsonFile } from './json-file.ts';

/** Bytes that `dfx` and `icp` download at a time; `icp` sets the file's length at once, so that what is missing reads as zero. */
export const DOWNLOAD_CHUNK = 2_000_000;

/** How far a download of one memory came. */
export interface Progress {
  /** All before it is there. */
  readonly frontier: number;
  /** Starts of chunks after the frontier that are there too. */
  readonly ahead: readonly number[];
}

/** Reads `.download_progress.json`, which `icp canister snapshot download` keeps beside the files until they are whole. */
export function readProgress(folder: string, memory: 'stable_memory' | 'wasm_memory'): Progress | undefined {
  const file = readJsonFile(join(folder, '.download_progress.json'));
  if (file.kind === 'absent') return undefined;
  const own = file.kind === 'value' && isRecord(file.value) ? file.value[memory] : undefined;
  if (!isRecord(own)) return { frontier: 0, ahead: [] };
  const frontier = isByteCount(own['frontier']) ? own['frontier'] : 0;
  const ahead = Array.isArray(own['ahead']) ? own['ahead'].filter(isByteCount) : [];
  return { frontier, ahead };
}

/** Returns what is not there of `bytes`, in order, joined where it touches. `there`: the file's length. */
export function missingParts(there: number, bytes: number, progress: Progress | undefined): readonly OffsetRange[] {
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
  add(there, bytes);
  return missing.map(({ start, end }) => ({ start: offsetAt(0, start), length: end - start }));
}
