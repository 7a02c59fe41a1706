import {
  type Address,
  type AddressRange,
  at,
  byteLength,
  holds,
  type ReadableMemory,
  readBytes,
  viewOf,
} from '../../core/memory/memory.ts';
import { readSuperblock, SUPERBLOCK_MAGIC } from './superblock.ts';

/** An SQLite database in a memory. */
export interface Database {
  /** The range of its file. */
  readonly range: AddressRange;
  /** Parts of the range that are zero in the file, whatever the memory has there. */
  readonly zeros: readonly AddressRange[];
  /** A sentence, if the file is not certain to be what the canister has. */
  readonly doubt?: string;
  /** The library that has something before it: its size (`ic-sqlite`), or a superblock (`ic-sqlite-vfs`). */
  readonly behind?: 'size' | 'superblock';
}

const MAGIC = 'SQLite format 3\0';
/** Length of a database's header. All numbers in it are big-endian. */
const HEADER_LENGTH = 100;
/** Bytes of the size that `ic-sqlite` (github.com/froghub-io/ic-sqlite) has before its database, a big-endian u64. */
const SIZE_LENGTH = 8;
/** A file cannot be smaller: it is the minimum page size. */
const MIN_SIZE = 512;

/** Returns the database that a memory holds at its start, or behind what libraries put there. */
export function findDatabase(memory: ReadableMemory): Database | undefined {
  const own = databaseAt(memory, at(0, 0));
  if (own !== undefined) return own;
  if (startsWith(memory, at(0, 0), SUPERBLOCK_MAGIC)) return behindSuperblock(memory);
  const behind = databaseAt(memory, at(0, SIZE_LENGTH));
  const size = behind === undefined ? 0 : Number(viewOf(readBytes(memory, at(0, 0), SIZE_LENGTH)).getBigUint64(0));
  const isSize = size >= MIN_SIZE && size <= byteLength(memory);
  return behind && isSize ? { ...behind, behind: 'size' } : undefined;
}

/** Returns what is before a database, to follow its name. */
export function describeBefore({ behind }: Database): string {
  return behind === 'size' ? 'behind its size, as ic-sqlite writes it' : 'behind the superblock of ic-sqlite-vfs';
}

function behindSuperblock(memory: ReadableMemory): Database | undefined {
  const found = readSuperblock(memory);
  if (found === undefined || found.database.length < MIN_SIZE) return undefined;
  if (!startsWith(memory, found.database.start, MAGIC)) return undefined;
  return { range: found.database, zeros: found.zeros, behind: 'superblock' };
}

/**
 * Reads the header at `start`. Bytes 16 and 17 are the page size, with 1 for 65,536; bytes 28 to 31 are the number of pages, which is
 * valid if the change counter at 24 is the same as that at 92.
 */
function databaseAt(memory: ReadableMemory, start: Address): Database | undefined {
  if (!holds(memory, start, HEADER_LENGTH) || !startsWith(memory, start, MAGIC)) return undefined;
  const view = viewOf(readBytes(memory, start, HEADER_LENGTH));
  const written = view.getUint16(16);
  const pageSize = written === 1 ? 65_536 : written;
  if (pageSize < MIN_SIZE || (pageSize & (pageSize - 1)) !== 0) return undefined;
  const room = Math.floor((byteLength(memory) - start) / pageSize) * pageSize;
  const counted = view.getUint32(28) * pageSize;
  const isCounted = counted > 0 && view.getUint32(24) === view.getUint32(92);
  const length = isCounted ? Math.min(counted, room) : room;
  const doubt = isCounted ? (counted > room ? ENDS_EARLY : undefined) : NOT_COUNTED;
  return { range: { start, length }, zeros: [], ...(doubt === undefined ? {} : { doubt }) };
}

const ENDS_EARLY = 'The memory ends before the last page of the database: the file is not complete.';
const NOT_COUNTED = 'The header of the database does not say how many pages it has: the file has all of the memory.';

function startsWith(memory: ReadableMemory, start: Address, text: string): boolean {
  if (!holds(memory, start, text.length)) return false;
  return String.fromCharCode(...readBytes(memory, start, text.length)) === text;
}
