import { type Address, at, byteLength, holds, offsetAt, type ReadableMemory, readBytes } from '../../core/memory/memory.ts';
import {
  ALLOCATOR_AT,
  ALLOCATOR_LENGTH,
  ALLOCATOR_MAGIC,
  CHUNK_HEADER_LENGTH,
  CHUNK_MAGIC,
  CHUNK_VERSION,
  CHUNKS_AT,
  decodeAllocator,
  decodeChunk,
  decodeHeader,
  hasMagic,
  MAGIC,
} from '../../rust/btree/layout.ts';
import { inspectManager } from '../../rust/memory-manager/inspect.ts';

/**
 * Returns the address of the first chunk of a B-tree whose header a write damaged. `before` and `after` are the memory that it went to,
 * which can also be an image with a memory manager. Most writes touch no chunk's header, which is quick to see.
 */
export function damagedChunk(
  before: ReadableMemory,
  after: ReadableMemory,
  address: Address,
  length: number,
): Address | undefined {
  const from = Math.max(0, address - CHUNK_HEADER_LENGTH + 1);
  const end = Math.min(byteLength(before), address + length + CHUNK_HEADER_LENGTH - 1);
  if (end - from < CHUNK_HEADER_LENGTH) return undefined;
  const bytes = readBytes(before, at(0, from), end - from);
  const first = CHUNK_MAGIC.charCodeAt(0);
  for (let found = bytes.indexOf(first); found !== -1; found = bytes.indexOf(first, found + 1)) {
    if (found + CHUNK_HEADER_LENGTH > bytes.length) return undefined;
    const chunk = at(0, from + found);
    if (hasMagic(bytes, CHUNK_MAGIC, found) && isSound(before, chunk) && !isSound(after, chunk) && isChunk(before, chunk))
      return chunk;
  }
  return undefined;
}

function isSound(memory: ReadableMemory, chunk: Address): boolean {
  if (!holds(memory, chunk, CHUNK_HEADER_LENGTH)) return false;
  const { magic, version, allocated } = decodeChunk(memory, chunk);
  return magic === CHUNK_MAGIC && version === CHUNK_VERSION && allocated <= 1;
}

/** Returns true if a chunk of a B-tree starts at an address. A value can contain the same letters. */
function isChunk(memory: ReadableMemory, address: Address): boolean {
  const managed = inspectManager(memory, () => {})?.bucketOf(offsetAt(0, address));
  const [tree, chunk] = managed ? [managed.memory, managed.address] : [memory, address];
  if (!tree || !holds(tree, ALLOCATOR_AT, ALLOCATOR_LENGTH) || decodeHeader(tree).magic !== MAGIC) return false;
  const { magic, pageSize } = decodeAllocator(tree);
  const stride = pageSize + CHUNK_HEADER_LENGTH;
  return magic === ALLOCATOR_MAGIC && chunk >= CHUNKS_AT && (chunk - CHUNKS_AT) % stride === 0;
}
