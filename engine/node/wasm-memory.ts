import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { formatBytes } from '../format.ts';
import type { ReadableMemory } from '../memory/memory.ts';
import { SourceMemory } from '../memory/source.ts';
import { CLEARED_MAGIC } from '../motoko/regions/check.ts';
import { decodeHeader, MAGIC } from '../motoko/regions/layout.ts';
import { FileSource } from './file-source.ts';
import { openUnpacked, unpack } from './unpack.ts';

const WASM_MEMORY_FILE = 'wasm_memory.bin';

/** The main memory that lies beside a stable memory in a snapshot folder. */
export interface WasmMemory {
  readonly path: string;
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
  readonly unpackLimit: number | undefined;
}

/** Opens the main memory of a snapshot folder where there is one, and where `stable` is of a kind that leaves something to look up in it. */
export async function openWasmMemory(
  folder: string,
  stable: ReadableMemory,
  { declared, isWhole, unpackLimit }: WasmMemoryOptions,
): Promise<WasmMemory | undefined> {
  const magic = decodeHeader(stable)?.magic;
  if (magic !== MAGIC && magic !== CLEARED_MAGIC) return undefined;
  const path = [WASM_MEMORY_FILE, `${WASM_MEMORY_FILE}.gz`]
    .map((name) => join(folder, name))
    .find((candidate) => existsSync(candidate));
  if (path === undefined) return undefined;
  const unused = (why: string): WasmMemory => {
    const remark = `The Motoko heap beside it was not read, so that free lists are those which the stable memory itself tells. ${why}`;
    return { path, memory: undefined, remarks: [remark], close: () => undefined };
  };
  try {
    const unpacked = path.endsWith('.gz') ? await unpack(path, unpackLimit) : undefined;
    if (typeof unpacked === 'string') return unused(`${path} could not be unpacked. ${unpacked}`);
    const source = unpacked === undefined ? new FileSource(path) : openUnpacked(unpacked);
    if (!isWhole(source.size) || unpacked?.problem !== undefined || source.size < (declared ?? 0)) {
      const size = formatBytes(source.size);
      source.close();
      return unused(unpacked?.problem ?? `Of ${path} only a part is there, ${size}: resume its download with --resume.`);
    }
    return { path, memory: new SourceMemory(source), remarks: [], close: () => source.close() };
  } catch (error) {
    return unused(`${path} could not be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
