import { statSync } from 'node:fs';
import { formatCount } from '../core/format.ts';
import type { ByteSource } from '../core/memory/source.ts';
import { LayeredSource } from '../replica/layered-source.ts';
import { type OverlayFault, type OverlayFile, openOverlay } from '../replica/overlay-file.ts';
import { notAPackedMemory } from './file-kind.ts';
import { FileSource } from './file-source.ts';
import { type MemoryFiles, PACKED_ENDINGS, pathsOf } from './folders/snapshot-files.ts';
import { PACKING_NAMES, packingOf, spool, startUnpacked, unpack } from './unpack.ts';
import type { UnpackOptions } from './unpack-options.ts';

/** The bytes of a memory on disk, opened for reading. */
export interface OpenMemoryFiles {
  readonly source: ByteSource;
  /** What was opened: nothing may be written over it. */
  readonly files: readonly string[];
  /** A full sentence, where a packed file ends too early. */
  readonly problem: string | undefined;
  /** Returns a sentence where one of the files was written to since it was opened. */
  change(): string | undefined;
  close(): void;
}

/** Opens a memory's files; a string is a full sentence that says why they cannot be read. */
export async function openMemoryFiles(
  files: MemoryFiles,
  options: UnpackOptions,
  pages?: number,
): Promise<OpenMemoryFiles | string> {
  switch (files.kind) {
    case 'file':
      return openFile(files.path, options);
    case 'layers':
      return openLayers(files, pages);
    case 'standard-input':
      return openStandardInput(options);
  }
}

async function openStandardInput(options: UnpackOptions): Promise<OpenMemoryFiles | string> {
  const spooled = await spool('The standard input', process.stdin, options);
  if (typeof spooled === 'string') return `The standard input could not be read. ${spooled}`;
  const { source, problem } = spooled;
  if (source.size === 0) {
    source.close();
    return 'Nothing came through the standard input. See whether the program before it failed.';
  }
  return { source, files: [], problem, change: () => undefined, close: () => source.close() };
}

async function openFile(path: string, options: UnpackOptions): Promise<OpenMemoryFiles | string> {
  const size = statSync(path).size;
  const packing = packingOf(firstBytes(path));
  if (packing === undefined) {
    const ending = PACKED_ENDINGS.find((one) => path.endsWith(one));
    if (ending !== undefined && size > 0)
      return `${path} is not a ${PACKING_NAMES[ending === '.gz' ? 'gzip' : 'zstd']} file, though its name ends in ${ending}. Rename it if it is the raw memory, or download it again.`;
    const source = new FileSource(path);
    return { source, files: [path], problem: undefined, change: () => source.change(), close: () => source.close() };
  }
  const start = await startUnpacked(path, packing);
  const other = start === undefined ? undefined : notAPackedMemory(path, packing, start);
  if (other !== undefined) return other;
  const unpacked = await unpack(path, packing, options);
  if (typeof unpacked === 'string') return `${path} could not be unpacked. ${unpacked}`;
  const { source, problem } = unpacked;
  return { source, files: [path], problem, change: () => undefined, close: () => source.close() };
}

export function firstBytes(path: string): Uint8Array {
  const file = new FileSource(path);
  try {
    const start = new Uint8Array(Math.min(4, file.size));
    file.read(0, start);
    return start;
  } finally {
    file.close();
  }
}

function openLayers(layered: Extract<MemoryFiles, { kind: 'layers' }>, pages?: number): OpenMemoryFiles | string {
  const { base, overlays } = layered;
  const opened: FileSource[] = [];
  const close = (): void => {
    for (const file of opened.splice(0)) file.close();
  };
  const open = (path: string): FileSource => {
    const file = new FileSource(path);
    opened.push(file);
    return file;
  };
  try {
    const lowest = base === undefined ? undefined : open(base);
    const layers: OverlayFile[] = [];
    for (const path of overlays) {
      const overlay = openOverlay(open(path));
      if ('kind' in overlay) {
        close();
        return describeFault(path, overlay);
      }
      layers.push(overlay);
    }
    const change = (): string | undefined => opened.map((file) => file.change()).find((sentence) => sentence !== undefined);
    return {
      source: new LayeredSource(lowest, layers, pages),
      files: pathsOf(layered),
      problem: undefined,
      change,
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

function describeFault(path: string, fault: OverlayFault): string {
  switch (fault.kind) {
    case 'not-an-overlay':
    case 'damaged':
      return `${path} is not a whole overlay file, so the memory that it is a part of cannot be put together. Copy the replica's state again, while the replica is stopped.`;
    case 'version':
      return `${path} is an overlay file of version ${formatCount(fault.version)}; only version 0 can be read.`;
  }
}
