import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { formatBytes, formatCount } from '../format.ts';
import { type Extent, offsetAt, PAGE_SIZE, type ReadableMemory } from '../memory/memory.ts';
import { SourceMemory } from '../memory/source.ts';
import { type Labels, NO_LABELS, readLabels } from '../snapshot/labels.ts';
import type { FieldNames } from '../values/candid.ts';
import { FileSource } from './file-source.ts';
import { readProgramNames } from './program-names.ts';
import { openUnpacked, unpack } from './unpack.ts';
import { openWasmMemory } from './wasm-memory.ts';

const MEMORY_FILE = 'stable_memory.bin';

/** How a stable memory is had, for the places where there is none to show. */
export const HOW_TO_GET =
  'Download one with "icp canister snapshot download CANISTER SNAPSHOT -o FOLDER" or "dfx canister snapshot download --dir FOLDER CANISTER SNAPSHOT".';

/** A stable memory on disk, opened for reading. */
export interface OpenImage {
  /** The folder's name of a snapshot folder, else the file's. */
  readonly title: string;
  readonly memory: ReadableMemory;
  /** Size of the stable memory, as the snapshot's metadata or else the file says. */
  readonly bytes: number;
  /** What the file does not have: a half-finished download, a cut file. Reads as zero. */
  readonly missing: readonly Extent[];
  /** Full sentences on what is odd about the file itself. */
  readonly remarks: readonly string[];
  /** The files that it is read from: nothing may be written over them. */
  readonly files: readonly string[];
  /** What a file of labels beside it says, or the one that was named. */
  readonly labels: Labels;
  /** The main memory in the same snapshot folder, where a Motoko canister's is there. */
  readonly wasmMemory?: ReadableMemory | undefined;
  /** What the program in the same folder calls its variables and fields, by their Candid hashes, where its module is there. */
  readonly names?: FieldNames | undefined;
  close(): void;
}

export interface ImageProblem {
  /** A full sentence: what happened, where, what to do. */
  readonly problem: string;
}

export interface OpenOptions {
  /** The most bytes that a gzip may unpack to. */
  readonly unpackLimit?: number | undefined;
  /** A file of labels; without it, the one beside the snapshot. */
  readonly labels?: string | undefined;
}

/** Opens a snapshot folder, a raw file or a gzip of one. Nothing is ever written beside it, and nothing in it is locked. */
export async function openImage(path: string, options: OpenOptions = {}): Promise<OpenImage | ImageProblem> {
  try {
    return await open(path, options);
  } catch (error) {
    return { problem: describeFileError(path, error) };
  }
}

async function open(path: string, options: OpenOptions): Promise<OpenImage | ImageProblem> {
  const stat = statSync(path);
  if (stat.isDirectory()) {
    const file = [MEMORY_FILE, `${MEMORY_FILE}.gz`].map((name) => join(path, name)).find((candidate) => existsSync(candidate));
    if (file !== undefined) return open(file, options);
    const metadata = readMetadata(path);
    if (metadata?.stableMemorySize === 0) return emptyImage(basename(path));
    return { problem: `The folder ${path} has no ${MEMORY_FILE}. ${HOW_TO_GET}` };
  }
  if (!stat.isFile()) return { problem: `${path} is no file. Open a snapshot folder, a ${MEMORY_FILE} or a .gz of one.` };

  const packed = isGzip(path);
  if (!packed && path.endsWith('.gz') && stat.size > 0) {
    return {
      problem: `${path} is no gzip file, though its name ends in .gz. Rename it if it is the raw memory, or download it again.`,
    };
  }
  const { labels, problems } = labelsFor(path, options.labels);
  if (labels === undefined) return { problem: problems.join(' ') };
  const unpacked = packed ? await unpack(path, options.unpackLimit) : undefined;
  if (typeof unpacked === 'string') return { problem: `${path} could not be unpacked. ${unpacked}` };

  const inFolder = /^stable_memory\.bin(\.gz)?$/.test(basename(path));
  const source = unpacked === undefined ? new FileSource(path) : openUnpacked(unpacked);
  const metadata = inFolder ? readMetadata(dirname(path)) : undefined;
  const progress = inFolder ? readProgress(dirname(path), 'stable_memory') : undefined;
  const remarks: string[] = [];
  if (unpacked?.problem !== undefined) remarks.push(unpacked.problem);
  if (metadata?.problem !== undefined) remarks.push(metadata.problem);

  remarks.push(...problems);

  const declared = metadata?.stableMemorySize;
  const bytes = Math.max(source.size, declared ?? 0);
  const missing = missingParts(source.size, bytes, progress);
  if (declared !== undefined && declared < source.size) {
    remarks.push(
      `metadata.json says that the stable memory has ${formatCount(declared)} bytes, but the file has ${formatCount(source.size)}: they are of different snapshots, or the file was changed.`,
    );
  }
  if (bytes % PAGE_SIZE !== 0) {
    remarks.push(
      `The file has ${formatCount(bytes)} bytes, which are no whole pages of 64 KiB: it is cut, or no stable memory. The rest of its last page reads as zero.`,
    );
  }
  const absent = missing.reduce((sum, part) => sum + part.length, 0);
  if (absent > 0) {
    remarks.push(
      progress === undefined
        ? `${formatBytes(absent)} are not downloaded: the file ends before the size that metadata.json says. Resume the download with --resume.`
        : `${formatBytes(absent)} are not downloaded yet: the download was interrupted. Resume it with --resume.`,
    );
  }
  const memory = new SourceMemory(source, Math.ceil(bytes / PAGE_SIZE));
  const wasm = inFolder
    ? await openWasmMemory(dirname(path), memory, {
        declared: metadata?.wasmMemorySize,
        isWhole: (size) => missingParts(size, size, readProgress(dirname(path), 'wasm_memory')).length === 0,
        unpackLimit: options.unpackLimit,
      })
    : undefined;
  return {
    title: inFolder ? basename(dirname(path)) : basename(path),
    memory,
    bytes,
    missing,
    remarks: [...remarks, ...(wasm?.remarks ?? [])],
    labels,
    wasmMemory: wasm?.memory,
    names: inFolder ? readProgramNames(dirname(path)) : undefined,
    files: [path, ...(wasm === undefined ? [] : [wasm.path]), ...(options.labels === undefined ? [] : [options.labels])],
    close: () => {
      source.close();
      wasm?.close();
    },
  };
}

function emptyImage(title: string): OpenImage {
  const memory: ReadableMemory = { pages: 0, read: () => undefined };
  return { title, memory, bytes: 0, missing: [], remarks: [], labels: NO_LABELS, files: [], close: () => undefined };
}

const LABELS_FILE = 'stable-memory.json';

/**
 * The labels for a snapshot's file: those of the file that was named, else of the one beside it, else none. What is wrong with one that lies
 * there is only a remark; one that was named has to be there, and to be right.
 */
function labelsFor(
  path: string,
  named: string | undefined,
): { readonly labels: Labels | undefined; readonly problems: readonly string[] } {
  const file = named ?? join(dirname(path), LABELS_FILE);
  if (named === undefined && !existsSync(file)) return { labels: NO_LABELS, problems: [] };
  try {
    if (!statSync(file).isFile()) throw new Error('it is no file');
    const { labels, problems } = readLabels(readFileSync(file, 'utf8'));
    const sentences = problems.map((problem) => `In the labels of ${file}: ${problem}`);
    return { labels: named === undefined || problems.length === 0 ? labels : undefined, problems: sentences };
  } catch (error) {
    const problem = `The labels could not be read. ${describeFileError(file, error)}`;
    return { labels: named === undefined ? NO_LABELS : undefined, problems: [problem] };
  }
}

function isGzip(path: string): boolean {
  const start = new Uint8Array(2);
  const descriptor = openSync(path, 'r');
  try {
    readSync(descriptor, start, 0, 2, 0);
  } finally {
    closeSync(descriptor);
  }
  return start[0] === 0x1f && start[1] === 0x8b;
}

interface Metadata {
  readonly stableMemorySize: number | undefined;
  readonly wasmMemorySize: number | undefined;
  readonly problem: string | undefined;
}

/** The part of a snapshot's `metadata.json` that a reader of stable memory needs. Sizes lie far below 2^53, unlike its timestamps. */
function readMetadata(folder: string): Metadata | undefined {
  const path = join(folder, 'metadata.json');
  if (!existsSync(path)) return undefined;
  const parsed = readJson(path);
  const size = isRecord(parsed) ? parsed['stable_memory_size'] : undefined;
  const heapSize = isRecord(parsed) ? parsed['wasm_memory_size'] : undefined;
  const wasmMemorySize = isByteCount(heapSize) ? heapSize : undefined;
  if (isByteCount(size)) return { stableMemorySize: size, wasmMemorySize, problem: undefined };
  return {
    stableMemorySize: undefined,
    wasmMemorySize,
    problem: `${path} says no size that a stable memory can have; the file's own is taken.`,
  };
}

/** The chunks, in bytes, in which `icp` downloads; it sets the file's length at once, so that what is missing reads as zero. */
const DOWNLOAD_CHUNK = 2_000_000;

interface Progress {
  /** All before it is there. */
  readonly frontier: number;
  /** Starts of chunks behind the frontier that are there too. */
  readonly ahead: readonly number[];
}

/** `.download_progress.json`, which `icp canister snapshot download` keeps beside the files until they are whole. */
function readProgress(folder: string, memory: 'stable_memory' | 'wasm_memory'): Progress | undefined {
  const path = join(folder, '.download_progress.json');
  if (!existsSync(path)) return undefined;
  const parsed = readJson(path);
  const own = isRecord(parsed) ? parsed[memory] : undefined;
  if (!isRecord(own)) return { frontier: 0, ahead: [] };
  const frontier = isByteCount(own['frontier']) ? own['frontier'] : 0;
  const ahead = Array.isArray(own['ahead']) ? own['ahead'].filter(isByteCount) : [];
  return { frontier, ahead };
}

/** What is not there of `bytes`, in order, joined where it touches. */
function missingParts(there: number, bytes: number, progress: Progress | undefined): readonly Extent[] {
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

/** Stable memory ends at 500 GiB. */
const LARGEST_MEMORY = 500 * 2 ** 30;

function isByteCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= LARGEST_MEMORY;
}

function readJson(path: string): unknown {
  try {
    if (!statSync(path).isFile()) return undefined;
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A file system's refusal, in a sentence. */
export function describeFileError(path: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
      return `There is no file or folder ${path}.`;
    case 'EACCES':
    case 'EPERM':
      return `You may not read ${path}. Give yourself the right to read it.`;
    case 'EISDIR':
      return `${path} is a folder, not a file.`;
    default:
      return `${path} could not be read: ${error instanceof Error ? error.message : String(error)}.`;
  }
}
