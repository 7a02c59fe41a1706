/** A file as a value: a description from its header instead of its bytes. */
import { formatCounted } from '../../core/format.ts';
import type { Codec, Decoded } from '../codec.ts';
import { FILE_HEADER_BYTES, fileHeader } from '../guessing/files.ts';

function describe(bytes: Uint8Array, size: number): Decoded | undefined {
  const header = fileHeader(bytes.subarray(0, FILE_HEADER_BYTES));
  if (header === undefined) return undefined;
  const text = `${header.text} (${formatCounted(size, 'byte')})`;
  return { text, parts: [{ start: 0, length: bytes.length, label: header.kind, text: header.text }] };
}

export const FILE: Codec = {
  name: 'file',
  description: 'a file, named by its header: an image, an archive, a program, a database',
  decode: (bytes) => describe(bytes, bytes.length),
  begin: (bytes, size) => describe(bytes, size)?.text,
};
