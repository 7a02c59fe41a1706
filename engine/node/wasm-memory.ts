import { formatBytes } from '../core/format.ts';
import type { ReadableMemory } from '../core/memory/memory.ts';
import { SourceMemory } from '../core/memory/source.ts';
import { isEnhancedHeap } from '../motoko/heap/roots.ts';
import { CLEARED_MAGIC } from '../motoko/regions/check.ts';
import { decodeHeader, MAGIC } from '../motoko/regions/layout.ts';
import { describeFileError } from './file-error.ts';
import { type MemoryFiles, pathsOf } from './folders/snapshot-files.ts';
import { openMemoryFiles } from './open-source.ts';
import type { UnpackOptions } from './unpack-options.ts';

/** The main memory that lies beside a stable memory in a snapshot folder. */
export interface WasmMemory {
  readonly files: readonly string[];
  /** Undefined where it cannot be trusted to be whole; a remark says why. */
  readonly memory: ReadableMemory | undefined;
  readonly remarks: readonly string[];
  /** Returns a sentence where one of the files was written to since it was opened. */
  change(): string | undefined;
  close(): void;
}

/** What the module beside it says: `unknown` where there is none. */
export type ProgramKind = 'motoko' | 'other' | 'unknown';

/** What is known of the snapshot, beside the file itself. */
export interface WasmMemoryOptions {
  readonly kind: ProgramKind;
  /** Its size, where `metadata.json` says it. */
  readonly declared: number | undefined;
  /** Whether a file of so many bytes is wholly downloaded, as the download's own notes say. */
  readonly isWhole: (bytes: number) => boolean;
  readonly unpack: UnpackOptions;
}

/**
 * Opens the main memory of a snapshot where there may be something to look up in it: where the program is one of Motoko, or `stable` has
 * regions. Where neither says so, the memory itself must.
 */
export async function openWasmMemory(
  main: MemoryFiles,
  stable: ReadableMemory,
  { kind, declared, isWhole, unpack }: WasmMemoryOptions,
): Promise<WasmMemory | undefined> {
  const magic = decodeHeader(stable)?.magic;
  const hasRegions = magic === MAGIC || magic === CLEARED_MAGIC;
  if (!hasRegions && kind === 'other') return undefined;
  const isSure = hasRegions || kind === 'motoko';
  const files = pathsOf(main);
  const unused = (why: string): WasmMemory => {
    const close = (): void => undefined;
    const change = (): undefined => undefined;
    if (!isSure) return { files, memory: undefined, remarks: [], change, close };
    const remark = `The Motoko heap beside it was not read, so that stable variables are not shown, and free lists are those which the stable memory itself tells. ${why}`;
    return { files, memory: undefined, remarks: [remark], change, close };
  };
  try {
    const opened = await openMemoryFiles(main, unpack);
    if (typeof opened === 'string') return unused(opened);
    const { source, problem } = opened;
    if (!isWhole(source.size) || problem !== undefined || source.size < (declared ?? 0)) {
      opened.close();
      return unused(
        problem ?? `Of ${files.join(', ')} only a part is there, ${formatBytes(source.size)}: resume its download with --resume.`,
      );
    }
    const memory = new SourceMemory(source);
    if (isSure || isEnhancedHeap(memory))
      return { files, memory, remarks: [], change: () => opened.change(), close: () => opened.close() };
    opened.close();
    return undefined;
  } catch (error) {
    return unused(describeFileError(files.join(', '), error));
  }
}
