import { basename } from 'node:path';
import { formatBytes } from '../core/format.ts';
import { PAGE_SIZE } from '../core/memory/memory.ts';
import type { ByteSource } from '../core/memory/source.ts';
import { openOverlay, REPLICA_PAGE } from '../replica/overlay-file.ts';
import { fileHeader } from '../values/guessing/files.ts';
import { HOW_TO_GET } from './folders/downloaded.ts';
import { PACKING_NAMES, type Packing } from './unpack.ts';

/** Number of bytes at a file's start and at its end that are examined. */
const EXAMINED_BYTES = 65_536;

const UNPACK = 'unpack it, then open the snapshot folder or the stable_memory.bin in it';

/** Kinds of files that can contain a stable memory. */
const PACKED: ReadonlySet<string> = new Set(['gzip', 'zip', 'zstd', 'xz', '7z', 'rar', 'lz4', 'bzip2', 'tar']);
/** Kind of a memory that a program uses as a database file. It is read as a memory. */
const DATABASE = 'sqlite';

/**
 * Returns a full sentence if the bytes prove that a file is not a stable memory but an archive, a module, JSON, an overlay of a
 * replica or the like. A memory that begins like one of them has whole pages of 64 KiB and ends in zeros.
 */
export function notAMemory(path: string, source: ByteSource): string | undefined {
  if (source.size === 0) return undefined;
  const head = part(source, 0, Math.min(EXAMINED_BYTES, source.size));
  const found = kindOf(path, head, source);
  return found === undefined ? undefined : `This is ${found.is}: ${found.remedy} (${path}).`;
}

/** Returns a full sentence if the start of a compressed file's content proves that it is an archive. Needs no full unpacking. */
export function notAPackedMemory(path: string, packing: Packing, head: Uint8Array): string | undefined {
  return isTar(head) ? `This is a tar archive compressed with ${PACKING_NAMES[packing]}: ${UNPACK} (${path}).` : undefined;
}

interface Kind {
  readonly is: string;
  readonly remedy: string;
}

function kindOf(path: string, head: Uint8Array, source: ByteSource): Kind | undefined {
  if (isTar(head)) return { is: 'a tar archive', remedy: UNPACK };
  const overlay = openOverlay(source);
  if (!('kind' in overlay)) {
    const { pages, first, end } = overlay;
    return {
      is: `an overlay file of a replica, ${formatBytes(pages * REPLICA_PAGE)} of the memory between ${formatBytes(first * REPLICA_PAGE)} and ${formatBytes(end * REPLICA_PAGE)}, not a whole memory`,
      remedy: "open the canister's folder in the replica's state, where it is merged with the other files",
    };
  }
  const header = endsAsMemory(source) ? undefined : fileHeader(head);
  if (header !== undefined && header.kind !== DATABASE) return { is: header.text, remedy: remedyOf(header.kind) };
  return textKind(path, head, source);
}

/** Returns true if a file ends as a memory does: with a whole page whose end was never written. */
function endsAsMemory(source: ByteSource): boolean {
  return source.size % PAGE_SIZE === 0 && part(source, source.size - 64, 64).every((byte) => byte === 0);
}

function remedyOf(kind: string): string {
  if (PACKED.has(kind)) return UNPACK;
  return kind === 'wasm'
    ? "a canister's program and not its memory; open the snapshot folder that it comes from, or its stable_memory.bin"
    : `it is not a stable memory. ${HOW_TO_GET}`;
}

/** Offset of a tar header's checksum, its length, and the whole header's length (POSIX.1-1988, ustar). */
const TAR = { checksum: 148, length: 8, header: 512 } as const;

function isTar(head: Uint8Array): boolean {
  if (head.length < TAR.header || head[0] === 0) return false;
  const written = Number.parseInt(String.fromCharCode(...head.subarray(TAR.checksum, TAR.checksum + TAR.length)), 8);
  let sum = 0;
  for (let index = 0; index < TAR.header; index += 1) {
    const inChecksum = index >= TAR.checksum && index < TAR.checksum + TAR.length;
    sum += inChecksum ? 0x20 : (head[index] ?? 0);
  }
  return sum === written;
}

/** Recognises JSON, a web page, and a pointer to a file that is stored elsewhere. */
function textKind(path: string, head: Uint8Array, source: ByteSource): Kind | undefined {
  const text = new TextDecoder().decode(head).trimStart();
  if (text.startsWith('version https://git-lfs.github.com/spec/'))
    return { is: 'a Git LFS pointer to the file', remedy: 'fetch the file itself with "git lfs pull"' };
  if (/^<(!doctype html|html)\b/i.test(text))
    return { is: 'a web page', remedy: `the download returned a page instead of the file. ${HOW_TO_GET}` };
  if (head.includes(0)) return undefined;
  const end = new TextDecoder().decode(
    part(source, Math.max(0, source.size - EXAMINED_BYTES), Math.min(EXAMINED_BYTES, source.size)),
  );
  if (!/^[[{]/.test(text) || !/[\]}]$/.test(end.trimEnd())) return undefined;
  return jsonKind(path, text);
}

function jsonKind(path: string, text: string): Kind {
  const start = text.slice(0, 4096);
  if (/^\{[^}]{0,200}"blob"\s*:\s*"/.test(start))
    return {
      is: "PocketIC's response with the memory as base64 in JSON",
      remedy: 'decode it, for example with "jq -r .blob FILE | base64 -d > stable_memory.bin", and open the result',
    };
  if (start.includes('"ic-stable-trace"'))
    return { is: 'a trace', remedy: 'use it with the commands "trace", "replay" and "simulate"' };
  if (basename(path) === 'metadata.json' || start.includes('"stable_memory_size"'))
    return { is: 'the metadata of a snapshot', remedy: 'open the folder that it is in' };
  return { is: 'JSON text', remedy: `it is not a stable memory. ${HOW_TO_GET}` };
}

function part(source: ByteSource, start: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  source.read(start, bytes);
  return bytes;
}
