/**
 * Files by their headers: databases, programs, archives and images that a program keeps in a memory or as a value. The first
 * bytes are from each format's specification. If a magic is too short to prove anything, the bytes after it are checked, too.
 */
import { viewOf } from '../../core/memory/memory.ts';
import { decodeUtf8 } from '../utf8.ts';

/** The file at the start of some bytes. */
export interface FileHeader {
  readonly kind: string;
  /** Its magic as text. */
  readonly magic: string;
  /** A noun with its article, and the details in the header: `an SQLite 3 database: page size 4096, 12 pages, 49152 bytes`. */
  readonly text: string;
  /** True if it must be unpacked before its content can be read. */
  readonly isArchive: boolean;
  /** Number of bytes that prove the format. */
  readonly proof: number;
}

interface Format {
  readonly kind: string;
  readonly name: string;
  /** The magic, each byte as one letter. */
  readonly magic: string;
  readonly at?: number;
  /** Returns details from the header, or undefined if it is not such a file after all. */
  details?(bytes: Uint8Array, view: DataView): string | undefined;
}

const NOTHING_MORE = '';
const ARCHIVES: ReadonlySet<string> = new Set(['gzip', 'zip', 'zstd', 'xz', 'bzip2', '7z', 'tar']);

const FORMATS: readonly Format[] = [
  { kind: 'sqlite', name: 'an SQLite 3 database', magic: 'SQLite format 3\0', details: ofSqlite },
  { kind: 'wasm', name: 'a WebAssembly module', magic: '\0asm\x01\0\0\0' },
  { kind: 'wasm', name: 'a WebAssembly component', magic: '\0asm\x0d\0\x01\0' },
  { kind: 'gzip', name: 'gzip data', magic: '\x1f\x8b\x08', details: ofGzip },
  { kind: 'zip', name: 'a zip archive', magic: 'PK\x03\x04' },
  { kind: 'zstd', name: 'Zstandard data', magic: '\x28\xb5\x2f\xfd' },
  { kind: 'xz', name: 'xz data', magic: '\xfd7zXZ\0' },
  { kind: '7z', name: 'a 7z archive', magic: '7z\xbc\xaf\x27\x1c' },
  { kind: 'rar', name: 'a RAR archive', magic: 'Rar!\x1a\x07' },
  { kind: 'lz4', name: 'lz4 data', magic: '\x04\x22\x4d\x18' },
  {
    kind: 'bzip2',
    name: 'bzip2 data',
    magic: '1AY&SY',
    at: 4,
    details: (bytes) => (startsWith(bytes, 'BZh') ? NOTHING_MORE : undefined),
  },
  { kind: '7z', name: 'a 7z archive', magic: '7z\xbc\xaf\x27\x1c' },
  { kind: 'elf', name: 'an ELF program', magic: '\x7fELF' },
  { kind: 'tar', name: 'a tar archive', magic: 'ustar', at: 257 },
  { kind: 'png', name: 'a PNG image', magic: '\x89PNG\r\n\x1a\n', details: ofPng },
  { kind: 'jpeg', name: 'a JPEG image', magic: '\xff\xd8\xff', details: ofJpeg },
  { kind: 'gif', name: 'a GIF image', magic: 'GIF8', details: ofGif },
  {
    kind: 'webp',
    name: 'a WebP image',
    magic: 'WEBP',
    at: 8,
    details: (bytes) => (startsWith(bytes, 'RIFF') ? NOTHING_MORE : undefined),
  },
  {
    kind: 'pdf',
    name: 'a PDF document',
    magic: '%PDF-',
    details: (bytes) => `version ${String.fromCharCode(...bytes.subarray(5, 8))}`,
  },
];

/** Bytes at the start of a file in which its header is looked for. */
export const FILE_HEADER_BYTES = 512;

/** Returns the file at the start of bytes, or undefined if its format is not known. */
export function fileHeader(bytes: Uint8Array): FileHeader | undefined {
  for (const { kind, name, magic, at = 0, details } of FORMATS) {
    if (!startsWith(bytes.subarray(at), magic)) continue;
    const more = details === undefined ? NOTHING_MORE : details(bytes, viewOf(bytes));
    if (more === undefined) continue;
    const printable = magic.replace(/[^ -~]+$/, '').replace(/[^ -~]/g, '.');
    return {
      kind,
      magic: printable,
      text: more === NOTHING_MORE ? name : `${name}: ${more}`,
      isArchive: ARCHIVES.has(kind),
      proof: magic.length,
    };
  }
  return undefined;
}

/**
 * Reads the details of an SQLite file. Bytes 16 and 17 are the page size, with 1 for 65,536. Bytes 28 to 31 are the number of
 * pages, or 0 in releases before 3.7.
 */
function ofSqlite(bytes: Uint8Array, view: DataView): string | undefined {
  if (bytes.length < 100) return undefined;
  const written = view.getUint16(16);
  const pageSize = written === 1 ? 65_536 : written;
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0) return undefined;
  const pages = view.getUint32(28);
  return `page size ${pageSize}${pages > 0 ? `, ${pages} ${pages === 1 ? 'page' : 'pages'}, ${pages * pageSize} bytes` : ''}`;
}

/**
 * Reads the name in a gzip file. Byte 3 has flags, of which the top three are zero: 8 means that a name follows the ten bytes of
 * the header, and 4 that other fields come first.
 */
function ofGzip(bytes: Uint8Array): string | undefined {
  const flags = bytes[3] ?? 0xff;
  if ((flags & 0xe0) !== 0 || bytes.length < 18) return undefined;
  if ((flags & 0x0c) !== 8) return NOTHING_MORE;
  const end = bytes.indexOf(0, 10);
  const name = end < 0 ? undefined : decodeUtf8(bytes.subarray(10, end));
  return name === undefined || /\p{C}/u.test(name) ? NOTHING_MORE : `of ${JSON.stringify(name)}`;
}

function ofPng(bytes: Uint8Array, view: DataView): string | undefined {
  return bytes.length < 24 || !startsWith(bytes.subarray(12), 'IHDR')
    ? undefined
    : pixels(view.getUint32(16), view.getUint32(20));
}

function ofGif(bytes: Uint8Array, view: DataView): string | undefined {
  return bytes.length < 10 || !/^GIF8[79]a/.test(String.fromCharCode(...bytes.subarray(0, 6)))
    ? undefined
    : pixels(view.getUint16(6, true), view.getUint16(8, true));
}

/**
 * Reads the size of a JPEG image. Segments follow each other, each with `ff`, a type and a length (big-endian). Types c0 to cf,
 * except c4, c8 and cc, have height and width.
 */
function ofJpeg(bytes: Uint8Array, view: DataView): string | undefined {
  const first = bytes[3] ?? 0;
  if (first < 0xc0 || first === 0xff) return undefined;
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff; at += 2 + view.getUint16(at + 2)) {
    const type = bytes[at + 1] ?? 0;
    const isFrame = type >= 0xc0 && type <= 0xcf && type !== 0xc4 && type !== 0xc8 && type !== 0xcc;
    if (isFrame) return pixels(view.getUint16(at + 7), view.getUint16(at + 5));
  }
  return NOTHING_MORE;
}

function pixels(width: number, height: number): string {
  return `${width} × ${height} pixels`;
}

function startsWith(bytes: Uint8Array, magic: string): boolean {
  if (bytes.length < magic.length) return false;
  for (let index = 0; index < magic.length; index++) if (bytes[index] !== magic.charCodeAt(index)) return false;
  return true;
}
