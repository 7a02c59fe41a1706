/**
 * The custom sections of a WebAssembly module (WebAssembly core specification, "Modules", binary format).
 *
 * | bytes  | field                                                                     |
 * |--------|---------------------------------------------------------------------------|
 * | 4      | magic `\0asm`                                                             |
 * | 4      | version, 1                                                                |
 * |        | sections: id (one byte), length (LEB128), content                         |
 *
 * A custom section has the id 0; its content begins with its name, a LEB128 length and UTF-8.
 */
import type { ByteSource } from '../memory/source.ts';
import { Cursor } from '../values/cursor.ts';
import { readCount } from '../values/leb128.ts';

const MAGIC = [0x00, 0x61, 0x73, 0x6d];
const HEADER_LENGTH = 8;
const CUSTOM = 0;
/** An id, a length and a name are no longer than that; longer names are none that are looked for. */
const MOST_HEAD = 256;
/** A module has some twenty. */
const MOST_SECTIONS = 10_000;
/** All custom sections of a canister have 1 MiB at most (Internet Computer interface specification, "Metadata"); a longer one is read so far. */
const MAX_CONTENT = 1024 * 1024;

/** The contents of the custom sections whose names are wanted, as far as the module can be read. All else is skipped unread. */
export function readCustomSections(
  module: ByteSource,
  isWanted: (name: string) => boolean,
): ReadonlyMap<string, Uint8Array<ArrayBuffer>> {
  const found = new Map<string, Uint8Array<ArrayBuffer>>();
  const head = bytesAt(module, 0, HEADER_LENGTH);
  if (!MAGIC.every((byte, index) => head[index] === byte)) return found;
  let position = HEADER_LENGTH;
  for (let section = 0; section < MOST_SECTIONS && position < module.size; section++) {
    const cursor = new Cursor(bytesAt(module, position, MOST_HEAD));
    const id = cursor.byte();
    const length = readCount(cursor);
    const content = position + cursor.position;
    const end = content + length;
    if (cursor.problem !== undefined || end > module.size) break;
    const name = id === CUSTOM ? cursor.text(readCount(cursor)) : '';
    const start = position + cursor.position;
    if (cursor.problem === undefined && isWanted(name) && start <= end) {
      found.set(name, bytesAt(module, start, Math.min(MAX_CONTENT, end - start)));
    }
    position = end;
  }
  return found;
}

/** Up to so many bytes; fewer where the module ends. */
function bytesAt(module: ByteSource, start: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.max(0, Math.min(length, module.size - start)));
  module.read(start, bytes);
  return bytes;
}
