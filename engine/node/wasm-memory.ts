import { formatBytes } from '../format.ts';
import type { ReadableMemory } from '../memory/memory.ts';
import { SourceMemory } from '../memory/source.ts';
import { CLEARED_MAGIC } from '../motoko/regions/check.ts';
import { decodeHeader, MAGIC } from '../motoko/regions/layout.ts';
import { type MemoryFiles, pathsOf } from './folders/snapshot-files.ts';
import { openMemoryFiles } from './open-source.ts';
import type { UnpackOptions } from './unpack.ts';

/** The main memory that lies beside a stable memory in a snapshot folder. */
export interface WasmMemory {
  readonly files: readonly string[];
  /** Undefined where it cannot be trusted to be whole; a remark says why. */
  readonly memory: ReadableMemory | undefined;
  readonly remarks: readonly string[];
  close(): void;
}

/** What is known of the download, beside the file itself. */
export interface WasmMemoryOptions {
  /** Its size, where `metadata.json` says it. */
  readonly declared: number | undefined;
  /** Whether a file of so many bytes is wholly downloaded, as the download's own notes say. */
  readonly isWhole: (bytes: number) => boolean;
  readonly unpack: UnpackOptions;
}

/** Opens the main memory of a snapshot where `stable` is of a kind that leaves something to look up in it. */
export async function openWasmMemory(
  main: MemoryFiles,
  stable: ReadableMemory,
  { declared, isWhole, unpack }: WasmMemoryOptions,
): Promise<WasmMemory | undefined> {
  const magic = decodeHeader(stable)?.magic;
  if (magic !== MAGIC && magic !== CLEARED_MAGIC) return undefined;
  const files = pathsOf(main);
  const unused = (why: string): WasmMemory => {
    const remark = `The Motoko heap beside it was not read, so that free lists are those which the stable memory itself tells. ${why}`;
    return { files, memory: undefined, remarks: [remark], close: () => undefined };
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
    return { files, memory: new SourceMemory(source), remarks: [], close: () => opened.close() };
  } catch (error) {
    return unused(`${files.join(', ')} could not be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
