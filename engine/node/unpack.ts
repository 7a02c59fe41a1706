import { randomUUID } from 'node:crypto';
import { closeSync, createReadStream, mkdirSync, openSync, statfsSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable, type Transform } from 'node:stream';
// A namespace import, because Node before 22.15 does not export Zstandard.
import * as zlib from 'node:zlib';
import { formatBytes } from '../core/format.ts';
import { describeFileError } from './file-error.ts';
import { FileSource } from './file-source.ts';
import { temporary } from './output/temporary.ts';
import type { UnpackOptions } from './unpack-options.ts';

/** Default maximum of the unpacked size, in bytes. */
export const DEFAULT_UNPACK_LIMIT = 8 * 2 ** 30;

/** Disk space that unpacking always leaves free, in bytes. */
const SPARE_DISK = 256 * 2 ** 20;

export type Packing = 'gzip' | 'zstd';

export const PACKING_NAMES = { gzip: 'gzip', zstd: 'Zstandard' } as const satisfies Record<Packing, string>;

/** Returns the compression format of a file that begins with these bytes (RFC 1952, RFC 8878). */
export function packingOf([a, b, c, d]: Uint8Array): Packing | undefined {
  if (a === 0x1f && b === 0x8b) return 'gzip';
  return a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd ? 'zstd' : undefined;
}

/** Returns a decompression stream, or undefined if this Node version has none. */
function unpacker(packing: Packing): Transform | undefined {
  if (packing === 'gzip') return zlib.createGunzip();
  return 'createZstdDecompress' in zlib ? zlib.createZstdDecompress() : undefined;
}

function cannotUnpack(): string {
  return `It is compressed with Zstandard, which Node ${process.versions.node} cannot read. Unpack it with "zstd -d", or use Node 22.15 or newer.`;
}

export interface Unpacked {
  readonly source: FileSource;
  /** A full sentence if the compressed file is damaged or ends too early. Everything before the damage was unpacked. */
  readonly problem: string | undefined;
}

/** Unpacks only the beginning of a file. Returns undefined if it cannot be read. */
export async function startUnpacked(path: string, packing: Packing): Promise<Uint8Array | undefined> {
  const decompress = unpacker(packing);
  if (decompress === undefined) return undefined;
  const packed = createReadStream(path);
  packed.on('error', (error) => decompress.destroy(error));
  try {
    for await (const chunk of packed.pipe(decompress)) return chunk;
    return undefined;
  } catch {
    return undefined;
  } finally {
    packed.destroy();
    decompress.destroy();
  }
}

/**
 * Unpacks a file in chunks into a private temporary file, never next to the source. For a damaged or cut file, returns what could
 * be unpacked and a sentence. Returns only a sentence if nothing could be unpacked.
 */
export async function unpack(path: string, packing: Packing, options: UnpackOptions = {}): Promise<Unpacked | string> {
  const decompress = unpacker(packing);
  if (decompress === undefined) return cannotUnpack();
  const target = newTemporaryFile();
  if (typeof target === 'string') return target;
  const packed = createReadStream(path);
  const { size } = statSync(path);
  const onChunk = (): void => options.onUnpack?.(packed.bytesRead, size);
  return finished(target, packing, await writeInto(target, { name: path, packed, onChunk }, decompress, options));
}

/**
 * Writes a stream into a private temporary file, and unpacks it if it is compressed. Returns only a sentence if that was not
 * possible.
 */
export async function spool(name: string, stream: Readable, options: UnpackOptions = {}): Promise<Unpacked | string> {
  const { head, all } = await beginningOf(stream);
  const packing = packingOf(head);
  const through = packing === undefined ? new PassThrough() : unpacker(packing);
  if (through === undefined) return cannotUnpack();
  const target = newTemporaryFile();
  if (typeof target === 'string') return target;
  const written = await writeInto(target, { name, packed: Readable.from(all) }, through, options);
  stream.destroy();
  return finished(target, packing, written);
}

/** Returns the first bytes of a stream, and a stream of all of them. */
async function beginningOf(stream: Readable): Promise<{ readonly head: Uint8Array; readonly all: AsyncIterable<Uint8Array> }> {
  const chunks: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array();
  let isDone = false;
  while (head.length < 4 && !isDone) {
    const { value, done } = await chunks.next();
    if (done === true) isDone = true;
    else head = Buffer.concat([head, value]);
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    if (head.length > 0) yield head;
    if (!isDone) yield* { [Symbol.asyncIterator]: () => chunks };
  }
  return { head, all: all() };
}

/** Returns the written bytes as a source, or a sentence if nothing of them can be used. */
function finished(target: TemporaryFile, packing: Packing | undefined, { bytes, stopped }: Written): Unpacked | string {
  if (stopped === undefined || (stopped.kind === 'damaged' && bytes > 0)) {
    const source = new FileSource(target.path, { descriptor: target.descriptor, closed: target.remove });
    return { source, problem: stopped && describeDamage(stopped.error, bytes) };
  }
  closeSync(target.descriptor);
  target.remove();
  if (stopped.kind === 'refused') return stopped.why;
  return `It is not a ${PACKING_NAMES[packing ?? 'gzip']} file, or it is damaged at the start. Download or compress it again.`;
}

function describeDamage(error: NodeJS.ErrnoException, bytes: number): string {
  const unpacked = `${formatBytes(bytes)} could be unpacked`;
  if (/incorrect (data|length) check/.test(error.message) || error.code === 'ZSTD_error_checksum_wrong')
    return `The compressed file is damaged: ${unpacked}, but its checksum does not match. Download it again.`;
  return `The compressed file is cut or damaged: ${unpacked}, the rest is missing. Download it again.`;
}

interface TemporaryFile {
  readonly path: string;
  readonly descriptor: number;
  readonly remove: () => void;
}

/** Creates a private file. If the system allows it, the file is unlinked at once, so that nothing ever remains. */
function newTemporaryFile(): TemporaryFile | string {
  const folder = join(tmpdir(), `stable-memory-${randomUUID()}`);
  const kept = temporary(folder);
  const path = join(folder, 'stable_memory.bin');
  try {
    mkdirSync(folder, { mode: 0o700 });
    const descriptor = openSync(path, 'wx+', 0o600);
    if (process.platform !== 'win32') kept.remove();
    return { path, descriptor, remove: kept.remove };
  } catch (error) {
    kept.remove();
    return describeTemporaryError(error);
  }
}

function describeTemporaryError(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const folder = tmpdir();
  const elsewhere = 'Set TMPDIR to another folder, or unpack the file yourself and open the result.';
  if (code === 'ENOENT' || code === 'ENOTDIR') return `The folder for temporary files, ${folder}, does not exist. ${elsewhere}`;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return `The folder for temporary files, ${folder}, is not writable. ${elsewhere}`;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return `The disk of the folder for temporary files, ${folder}, is full. ${elsewhere}`;
  return `Nothing can be written into the folder for temporary files, ${folder} (${error instanceof Error ? error.message : String(error)}). ${elsewhere}`;
}

interface Written {
  readonly bytes: number;
  /** The reason why the rest was not unpacked. */
  readonly stopped:
    | { readonly kind: 'refused'; readonly why: string }
    | { readonly kind: 'damaged'; readonly error: NodeJS.ErrnoException }
    | undefined;
}

/** Number of bytes at the end of a compressed file that include its checksum and length. */
const TRAILER = 64;

/**
 * Splits a compressed file into chunks, and its end into single bytes. On a wrong checksum, the decompressor drops all output of
 * the current chunk, so the checksum must not share a chunk with data.
 */
async function* chunksOf(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array = new Uint8Array();
  for await (const chunk of packed) {
    const pending = Buffer.concat([held, chunk]);
    const sure = Math.max(0, pending.length - TRAILER);
    if (sure > 0) yield pending.subarray(0, sure);
    held = pending.subarray(sure);
  }
  for (let at = 0; at < held.length; at += 1) yield held.subarray(at, at + 1);
}

/** Feeds a file to `decompress`. Waits until each chunk is unpacked before passing the next one. */
async function feed(decompress: Transform, packed: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunksOf(packed)) {
    await new Promise<void>((taken) => decompress.write(chunk, () => taken()));
    if (decompress.destroyed) return;
  }
  decompress.end();
}

interface Input {
  /** Its path, or another name for messages. */
  readonly name: string;
  readonly packed: Readable;
  /** Called after each chunk is written. */
  readonly onChunk?: () => void;
}

function writeInto(
  { descriptor }: TemporaryFile,
  { name, packed, onChunk }: Input,
  decompress: Transform,
  { unpackLimit = DEFAULT_UNPACK_LIMIT }: UnpackOptions,
): Promise<Written> {
  let bytes = 0;
  let nextDiskCheck = 0;
  return new Promise((resolve) => {
    const end = (stopped: Written['stopped']): void => {
      packed.destroy();
      decompress.destroy();
      resolve({ bytes, stopped });
    };
    // Each chunk is written as it arrives, so that everything before a damaged part is kept.
    decompress.on('data', (chunk: Uint8Array) => {
      if (bytes + chunk.length > unpackLimit)
        return end({ kind: 'refused', why: tooLarge(unpackLimit, !(decompress instanceof PassThrough)) });
      try {
        if (bytes >= nextDiskCheck) {
          const disk = statfsSync(tmpdir());
          if (disk.bavail * disk.bsize < SPARE_DISK) return end({ kind: 'refused', why: describeTemporaryError(fullDisk()) });
          nextDiskCheck = bytes + SPARE_DISK / 4;
        }
        for (let done = 0; done < chunk.length; ) done += writeSync(descriptor, chunk, done);
      } catch (error) {
        return end({ kind: 'refused', why: describeTemporaryError(error) });
      }
      bytes += chunk.length;
      onChunk?.();
    });
    decompress.on('end', () => end(undefined));
    decompress.on('error', (error) => end({ kind: 'damaged', error }));
    feed(decompress, packed).catch((error) => end({ kind: 'refused', why: describeFileError(name, error) }));
  });
}

function tooLarge(limit: number, isPacked: boolean): string {
  return `It ${isPacked ? 'unpacks to' : 'has'} more than ${formatBytes(limit)}, the limit. Raise it with --unpack-limit or the setting stableMemory.unpackLimit.`;
}

function fullDisk(): Error {
  return Object.assign(new Error('no room is left'), { code: 'ENOSPC' });
}
