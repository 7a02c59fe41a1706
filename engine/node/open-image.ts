import { statSync } from 'node:fs';
import { formatBytes, formatCount, formatCounted } from '../core/format.ts';
import { type OffsetRange, PAGE_SIZE, type ReadableMemory } from '../core/memory/memory.ts';
import { BytesSource, SourceMemory } from '../core/memory/source.ts';
import type { MotokoProgram } from '../motoko/heap/variables.ts';
import type { Labels } from '../snapshot/labels.ts';
import { managedPages } from '../snapshot/layout/managed-pages.ts';
import type { FieldNames } from '../values/codecs/candid.ts';
import { describeFileError } from './file-error.ts';
import { notAMemory } from './file-kind.ts';
import { findAroundFile, findInFolder } from './folders/find.ts';
import { DOWNLOAD_CHUNK, missingParts, type Progress } from './folders/progress.ts';
import type { SnapshotFiles } from './folders/snapshot-files.ts';
import { labelsFor } from './labels-file.ts';
import { type OpenMemoryFiles, openMemoryFiles } from './open-source.ts';
import { type Program, readProgram } from './snapshot-program.ts';
import type { UnpackOptions } from './unpack-options.ts';
import { openWasmMemory, type ProgramKind } from './wasm-memory.ts';

/** A stable memory on disk, opened for reading. */
export interface OpenImage {
  /** The folder's name of a snapshot folder, the canister's of a replica's state, else the file's. */
  readonly title: string;
  readonly memory: ReadableMemory;
  /** Size of the stable memory, as the snapshot's metadata or else the file says. */
  readonly bytes: number;
  /** The length of the file, or of what it unpacked to. */
  readonly fileBytes?: number | undefined;
  /** Its size as the snapshot's metadata says, where there is one. */
  readonly declaredBytes?: number | undefined;
  /** What the file does not have: a half-finished download, a cut file. Reads as zero. */
  readonly missing: readonly OffsetRange[];
  /** Full sentences on what is odd about the file itself. */
  readonly remarks: readonly string[];
  /** The files that it is read from: nothing may be written over them. */
  readonly files: readonly string[];
  /** The folder that it is read from, into which nothing may be written; undefined for a raw file by itself. */
  readonly folder: string | undefined;
  /** What a file of labels beside it says, or the one that was named. */
  readonly labels: Labels;
  /** The main memory in the same snapshot folder, where a Motoko canister's is there. */
  readonly wasmMemory?: ReadableMemory | undefined;
  /** What the program in the same folder calls its variables and fields, by their Candid hashes, where its module is there. */
  readonly names?: FieldNames | undefined;
  /** A sentence, where the packed file is damaged or ends too early: nobody can tell what of its bytes is not as it was. */
  readonly broken?: string | undefined;
  /** Returns a sentence where a file was written to since it was opened: what was read then is of different states. */
  change?(): string | undefined;
  /** What that program says of its stable variables, where it is one of Motoko. */
  readonly program?: MotokoProgram | undefined;
  close(): void;
}

export interface ImageProblem {
  /** A full sentence: what happened, where, what to do. */
  readonly problem: string;
}

export interface OpenOptions extends UnpackOptions {
  /** A file of labels; without it, the one beside the snapshot. */
  readonly labels?: string | undefined;
}

/**
 * Opens a snapshot: a folder as `dfx`, `icp`, Juno or a replica leave it, its file, or any raw file, packed or not. Nothing is ever written
 * beside it, and nothing in it is locked.
 */
export async function openImage(path: string, options: OpenOptions = {}): Promise<OpenImage | ImageProblem> {
  try {
    const stat = statSync(path);
    if (!stat.isDirectory() && !stat.isFile())
      return {
        problem: `${path} is neither a file nor a folder. Open a snapshot folder, a stable_memory.bin or a .gz or .zst of one.`,
      };
    const found = stat.isDirectory() ? findInFolder(path) : findAroundFile(path);
    return 'problem' in found ? found : await openSnapshot(found, options);
  } catch (error) {
    return { problem: describeFileError(path, error) };
  }
}

/** Opens a snapshot that another program writes into this one, packed or not. It is kept in a private temporary file until it is closed. */
export function openStandardInput(options: OpenOptions = {}): Promise<OpenImage | ImageProblem> {
  const stable = { kind: 'standard-input' } as const;
  return openSnapshot({ title: 'standard input', folder: undefined, stable, isAlone: true }, options);
}

const NO_MEMORY: OpenMemoryFiles = {
  source: new BytesSource(new Uint8Array()),
  files: [],
  problem: undefined,
  change: () => undefined,
  close: () => undefined,
};

async function openSnapshot(found: SnapshotFiles, options: OpenOptions): Promise<OpenImage | ImageProblem> {
  const { metadata, progress, stable } = found;
  const { labels, problems } = labelsFor(found.folder, options.labels);
  if (labels === undefined) return { problem: problems.join(' ') };
  const declared = metadata?.stableMemorySize;
  const opened = stable === undefined ? NO_MEMORY : await openMemoryFiles(stable, options, found.pages);
  if (typeof opened === 'string') return { problem: opened };

  const { source } = opened;
  const name = stable?.kind === 'file' ? stable.path : found.title;
  const isWholeFile = stable !== undefined && stable.kind !== 'layers';
  const other = isWholeFile && source.size !== declared ? notAMemory(name, source) : undefined;
  if (other !== undefined) {
    opened.close();
    return { problem: other };
  }
  const isSizeKnown = stable?.kind !== 'layers' || found.pages !== undefined;
  const size = isSizeKnown ? source.size : Math.max(source.size, managedPages(source) * PAGE_SIZE);
  const bytes = Math.max(size, declared ?? 0);
  const missing = missingParts(size, bytes, progress?.stable);
  const memory = new SourceMemory(source, Math.ceil(bytes / PAGE_SIZE));
  const program = await readProgram(found.module);
  const main =
    found.main === undefined
      ? undefined
      : await openWasmMemory(found.main, memory, {
          kind: kindOfProgram(found.module, program),
          declared: metadata?.wasmMemorySize,
          isWhole: (size) => missingParts(size, size, progress?.main).length === 0,
          unpack: options,
        });
  return {
    title: found.title,
    memory,
    bytes,
    fileBytes: size,
    declaredBytes: declared,
    missing,
    remarks: [
      ...(found.remarks ?? []),
      ...(opened.problem === undefined ? [] : [opened.problem]),
      ...(metadata?.problem === undefined ? [] : [metadata.problem]),
      ...problems,
      ...remarksOnSize(size, declared, missing, progress?.stable),
      ...(main?.remarks ?? []),
    ],
    labels,
    wasmMemory: main?.memory,
    names: program?.names,
    program: program?.motoko,
    broken: opened.problem,
    change: () => opened.change() ?? main?.change(),
    folder: found.isAlone === true ? undefined : found.folder,
    files: [...opened.files, ...(main?.files ?? []), ...(options.labels === undefined ? [] : [options.labels])],
    close: () => {
      opened.close();
      main?.close();
    },
  };
}

function kindOfProgram(module: string | undefined, program: Program | undefined): ProgramKind {
  if (program?.isMotoko === true) return 'motoko';
  return module === undefined ? 'unknown' : 'other';
}

/** Sentences on a file whose length is not what it should be. */
function remarksOnSize(
  size: number,
  declared: number | undefined,
  missing: readonly OffsetRange[],
  progress: Progress | undefined,
): readonly string[] {
  const remarks: string[] = [];
  if (declared !== undefined && declared < size) {
    remarks.push(
      `The file is ${formatCounted(size - declared, 'byte')} longer than its metadata says (${formatCount(size)}, not ${formatCount(declared)}): it was edited, or the two are of different snapshots.`,
    );
  } else if (size % PAGE_SIZE !== 0 && declared === undefined) {
    remarks.push(
      `The file has ${formatCount(size)} bytes, which are no whole pages of 64 KiB: it is cut, or no stable memory. The rest of its last page reads as zero.`,
    );
  }
  const absent = missing.reduce((sum, part) => sum + part.length, 0);
  if (absent > 0) {
    const edited = size % DOWNLOAD_CHUNK !== 0 && declared !== undefined;
    remarks.push(
      progress === undefined
        ? `${formatBytes(absent)} are not downloaded: the file ends before the size that metadata.json says. Resume the download with --resume.${edited ? ` If it was edited instead, by a tool that removes bytes, restore it: everything after the edit is at a wrong place.` : ''}`
        : `${formatBytes(absent)} are not downloaded yet: the download was interrupted. Resume it with --resume.`,
    );
  }
  return remarks;
}
