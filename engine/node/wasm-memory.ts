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

/** The main memory in the same snapshot folder as a stable memory. */
export interface WasmMemory {
  readonly files: readonly string[];
  /** Undefined if it may not be complete. A remark says why. */
  readonly memory: ReadableMemory | undefined;
  readonly remarks: readonly string[];
  /** Returns a sentence if one of the files was written to since it was opened. */
  change(): string | undefined;
  close(): void;
}

/** Kind of program by its module, or `unknown` if there is no module. */
export type ProgramKind = 'motoko' | 'other' | 'unknown';

/** Known facts about the snapshot of a main memory. */
export interface WasmMemoryOptions {
  readonly kind: ProgramKind;
  /** Its size in bytes from `metadata.json`, if it is there. */
  readonly declared: number | undefined;
  /** Returns true if a file of this size in bytes is completely downloaded, by the download's progress file. */
  readonly isWhole: (bytes: number) => boolean;
  readonly unpack: UnpackOptions;
}

/**
 * Opens the main memory of a snapshot if it may hold useful data: if the program is a Motoko program, or `stable` has regions. If
 * neither is known, the memory itself must show a Motoko heap.
 */
export async function openWasmMemory(
  main: MemoryFiles,
  stable: ReadableMemory,
  { kind, declared, isWhole, unpack }: WasmMemoryOptions,
): Promise<WasmMemory | undefined> {
  const magic = decodeHeader(stable)?.magic;
  const hasRegions = magic === MAGIC || magic === CLEARED_MAGIC;
  if (!hasRegions && kind === 'other') return undefined;
  const isMotoko = hasRegions || kind === 'motoko';
  const files = pathsOf(main);
  const unused = (why: string): WasmMemory => {
    const close = (): void => undefined;
    const change = (): undefined => undefined;
    if (!isMotoko) return { files, memory: undefined, remarks: [], change, close };
    const remark = `The Motoko heap next to it was not read. Stable variables are not shown, and free lists come from the stable memory alone. ${why}`;
    return { files, memory: undefined, remarks: [remark], change, close };
  };
  try {
    const opened = await openMemoryFiles(main, unpack);
    if (typeof opened === 'string') return unused(opened);
    const { source, problem } = opened;
    if (!isWhole(source.size) || problem !== undefined || source.size < (declared ?? 0)) {
      opened.close();
      return unused(
        problem ?? `Only ${formatBytes(source.size)} of ${files.join(', ')} are there. Resume the download with --resume.`,
      );
    }
    const memory = new SourceMemory(source);
    if (isMotoko || isEnhancedHeap(memory))
      return { files, memory, remarks: [], change: () => opened.change(), close: () => opened.close() };
    opened.close();
    return undefined;
  } catch (error) {
    return unused(describeFileError(files.join(', '), error));
  }
}
