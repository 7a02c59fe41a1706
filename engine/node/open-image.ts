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
import type { MemoryFiles, SnapshotFiles } from './folders/snapshot-files.ts';
import { labelsFor } from './labels-file.ts';
import { type OpenMemoryFiles, openMemoryFiles } from './open-source.ts';
import { type Program, readProgram } from './snapshot-program.ts';
import type { UnpackOptions } from './unpack-options.ts';
import { openWasmMemory, type ProgramKind } from './wasm-memory.ts';

/** A stable memory on disk, opened for reading. */
export interface OpenImage {
  /** The name of the snapshot folder, of the canister in a replica's state, or of the file. */
  readonly title: string;
  readonly memory: ReadableMemory;
  /** Size of the stable memory in bytes, from the snapshot's metadata or else from the file. */
  readonly bytes: number;
  /** Length of the file in bytes, after unpacking. */
  readonly fileBytes?: number | undefined;
  /** Size in bytes from the snapshot's metadata, if there is one. */
  readonly declaredBytes?: number | undefined;
  /** Time at which the snapshot was taken according to its metadata, in milliseconds since 1970. */
  readonly takenAt?: number | undefined;
  /** Ranges that the file lacks because it is cut or not completely downloaded. They read as zero. */
  readonly missing: readonly OffsetRange[];
  /** Full sentences about anything unusual in the file. */
  readonly remarks: readonly string[];
  /** The files that it is read from. They must not be overwritten. */
  readonly files: readonly string[];
  /** The files of the stable memory itself. Undefined if the snapshot has none, because the memory is empty. */
  readonly stable: MemoryFiles | undefined;
  /** The folder that it is read from, which must not be written to. Undefined for a single raw file. */
  readonly folder: string | undefined;
  /** Labels from the file next to the snapshot, or from the one that was named. */
  readonly labels: Labels;
  /** The main memory in the same snapshot folder, if it is a Motoko canister's. */
  readonly wasmMemory?: ReadableMemory | undefined;
  /** Names of the program's variables and fields by Candid hash, if its module is in the same folder. */
  readonly names?: FieldNames | undefined;
  /** The program's interface, if its module is in the same folder and has it. */
  readonly candid?: string | undefined;
  /** A sentence if the compressed file is damaged or ends too early. Then nobody knows which of its bytes are wrong. */
  readonly broken?: string | undefined;
  /** Returns a sentence if a file was written to since it was opened. The bytes read then mix different states. */
  change?(): string | undefined;
  /** The stable variables that the program declares, if it is a Motoko program. */
  readonly program?: MotokoProgram | undefined;
  close(): void;
}

export interface ImageProblem {
  /** A full sentence that says what happened, where, and what to do. */
  readonly problem: string;
}

export interface OpenOptions extends UnpackOptions {
  /** Path of a labels file. The default is the one next to the snapshot. */
  readonly labels?: string | undefined;
}

/**
 * Opens a snapshot: a folder written by `dfx`, `icp`, Juno or a replica, its file, or any raw file, compressed or not. Never
 * writes next to it, and locks nothing.
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

/**
 * Opens a snapshot that another program writes to standard input, compressed or not. Its bytes are kept in a private temporary file
 * until it is closed.
 */
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
    takenAt: metadata?.takenAt,
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
    candid: program?.candid,
    program: program?.motoko,
    broken: opened.problem,
    change: () => opened.change() ?? main?.change(),
    stable,
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

/** Returns sentences about a file whose length is not as expected. */
function remarksOnSize(
  size: number,
  declared: number | undefined,
  missing: readonly OffsetRange[],
  progress: Progress | undefined,
): readonly string[] {
  const remarks: string[] = [];
  if (declared !== undefined && declared < size) {
    remarks.push(
      `The file is ${formatCounted(size - declared, 'byte')} longer than its metadata says (${formatCount(size)}, not ${formatCount(declared)}): it was edited, or the two belong to different snapshots.`,
    );
  } else if (size % PAGE_SIZE !== 0 && declared === undefined) {
    remarks.push(
      `The file has ${formatCount(size)} bytes, which is not a multiple of 64 KiB pages: it is cut, or is not a stable memory. The rest of its last page reads as zero.`,
    );
  }
  const absent = missing.reduce((sum, part) => sum + part.length, 0);
  if (absent > 0) {
    const edited = size % DOWNLOAD_CHUNK !== 0 && declared !== undefined;
    remarks.push(
      progress === undefined
        ? `${formatBytes(absent)} are not downloaded: the file is shorter than metadata.json says. Resume the download with --resume.${edited ? ` If it was edited instead, by a tool that removes bytes, restore it: everything after the edit is at the wrong offset.` : ''}`
        : `${formatBytes(absent)} are not downloaded yet: the download was interrupted. Resume it with --resume.`,
    );
  }
  return remarks;
}
