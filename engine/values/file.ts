/** A file as a value: what its header says, instead of its bytes. */
import { formatCounted } from '../format.ts';
import type { Codec, Decoded, Excerpt, Reading } from './codec.ts';
import { FILE_HEADER_BYTES, fileHeader } from './files.ts';

function describe(bytes: Uint8Array, size: number): Decoded | undefined {
  const header = fileHeader(bytes.subarray(0, FILE_HEADER_BYTES));
  if (header === undefined) return undefined;
  const text = `${header.text} (${formatCounted(size, 'byte')})`;
  return { text, parts: [{ start: 0, length: bytes.length, label: header.kind, text: header.text }] };
}

/** A file takes all bytes, so that only its beginning is needed to say what it is. */
export function readFile(bytes: Uint8Array, { length = bytes.length }: Excerpt = {}): Reading {
  const decoded = describe(bytes, length);
  if (decoded === undefined) return { problem: 'It is not a file of a known kind.' };
  return length > bytes.length ? { problem: 'Only the beginning of the file was read.', begun: decoded } : { decoded, length };
}

export const FILE: Codec = {
  name: 'file',
  description: 'a file, named by its header: an image, an archive, a program, a database',
  decode: (bytes) => describe(bytes, bytes.length),
};
