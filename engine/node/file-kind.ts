import { basename } from 'node:path';
import { formatBytes } from '../format.ts';
import { PAGE_SIZE } from '../memory/memory.ts';
import type { ByteSource } from '../memory/source.ts';
import { openOverlay, REPLICA_PAGE } from '../replica/overlay-file.ts';
import { HOW_TO_GET } from './folders/downloaded.ts';
import { PACKING_NAMES, type Packing } from './unpack.ts';

/** Bytes at a file's start and end that are looked at. */
const LOOKED_AT = 65_536;

const UNPACK = 'unpack it, then open the snapshot folder or the stable_memory.bin in it';

/** Files that are told by their first bytes, and what to do with each. */
const MAGICS: readonly { readonly bytes: readonly number[]; readonly is: string; readonly remedy: string }[] = [
  { bytes: [0x50, 0x4b, 3, 4], is: 'a zip archive', remedy: UNPACK },
  { bytes: [0x50, 0x4b, 5, 6], is: 'an empty zip archive', remedy: 'there is nothing in it to open' },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], is: 'a file packed with xz', remedy: UNPACK },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], is: 'a 7z archive', remedy: UNPACK },
  { bytes: [0x52, 0x61, 0x72, 0x21, 0x1a, 7], is: 'a RAR archive', remedy: UNPACK },
  { bytes: [0x42, 0x5a, 0x68], is: 'a file packed with bzip2', remedy: UNPACK },
  { bytes: [4, 0x22, 0x4d, 0x18], is: 'a file packed with lz4', remedy: UNPACK },
  { bytes: [0x1f, 0x8b], is: 'packed twice', remedy: UNPACK },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], is: 'packed twice', remedy: UNPACK },
  {
    bytes: [0, 0x61, 0x73, 0x6d],
    is: "a WebAssembly module, a canister's program and not its memory",
    remedy: 'open the snapshot folder that it comes from, or its stable_memory.bin',
  },
];

/** Bytes after `BZh` and one digit: a block's, or the end's. */
const BZIP2_BLOCKS = ['314159265359', '177245385090'];

/**
 * Returns a full sentence where a file is not a stable memory but something else, as its bytes prove: an archive, a module, JSON, an overlay
 * of a replica. A memory that begins like one of them has whole pages of 64 KiB and zeros at its end.
 */
export function notAMemory(path: string, source: ByteSource): string | undefined {
  if (source.size === 0) return undefined;
  const head = part(source, 0, Math.min(LOOKED_AT, source.size));
  const found = kindOf(path, head, source);
  return found === undefined ? undefined : `This is ${found.is}: ${found.remedy} (${path}).`;
}

/** The same of the start of what a packed file holds: archives that need not be unpacked to be known. */
export function notAPackedMemory(path: string, packing: Packing, head: Uint8Array): string | undefined {
  return isTar(head) ? `This is a tar archive packed with ${PACKING_NAMES[packing]}: ${UNPACK} (${path}).` : undefined;
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
  const magic = MAGICS.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte));
  if (magic !== undefined && !endsAsMemory(source) && (magic.bytes[0] !== 0x42 || isBzip2(head))) return magic;
  return textKind(path, head, source);
}

/** True where a file ends as a memory does: with a whole page, the end of which was never written. */
function endsAsMemory(source: ByteSource): boolean {
  return source.size % PAGE_SIZE === 0 && part(source, source.size - 64, 64).every((byte) => byte === 0);
}

function isBzip2(head: Uint8Array): boolean {
  return BZIP2_BLOCKS.includes(Array.from(head.subarray(4, 10), (byte) => byte.toString(16).padStart(2, '0')).join(''));
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

/** JSON, a web page, a pointer to a file that is kept elsewhere. */
function textKind(path: string, head: Uint8Array, source: ByteSource): Kind | undefined {
  const text = new TextDecoder().decode(head).trimStart();
  if (text.startsWith('version https://git-lfs.github.com/spec/'))
    return { is: 'a pointer of Git LFS to the file', remedy: 'fetch the file itself with "git lfs pull"' };
  if (/^<(!doctype html|html)\b/i.test(text))
    return { is: 'a web page', remedy: `the download answered with a page instead of the file. ${HOW_TO_GET}` };
  if (head.includes(0)) return undefined;
  const end = new TextDecoder().decode(part(source, Math.max(0, source.size - LOOKED_AT), Math.min(LOOKED_AT, source.size)));
  if (!/^[[{]/.test(text) || !/[\]}]$/.test(end.trimEnd())) return undefined;
  return jsonKind(path, text);
}

function jsonKind(path: string, text: string): Kind {
  const start = text.slice(0, 4096);
  if (/^\{[^}]{0,200}"blob"\s*:\s*"/.test(start))
    return {
      is: "PocketIC's answer with the memory as base64 in JSON",
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
