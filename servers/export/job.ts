import { formatBytes, formatCount, formatCounted } from '../../engine/core/format.ts';
import { byteLength } from '../../engine/core/memory/memory.ts';
import { encodedText } from '../../engine/core/write-text.ts';
import type { PlacedStructure } from '../../engine/snapshot/placed.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import type { Space } from '../../engine/snapshot/space.ts';
import type { Database } from '../../engine/snapshot/sqlite/find-database.ts';
import type { EntryFormat } from '../../engine/views/export-formats.ts';
import { ELEMENT_NAMES, plural } from '../../engine/views/names.ts';
import { version } from '../../package.json';
import { entriesAsCsv } from './csv.ts';
import { entriesAsJsonLines } from './json-lines.ts';
import { databasePieces, memoryPieces } from './raw.ts';
import { Walk } from './walk.ts';

/** An export of one part in one format. */
export interface Job {
  /** The spaces that it reads. */
  readonly spaces: readonly Space[];
  /** Returns the bytes of the file, in pieces. Each is to be written before the next is asked for. */
  pieces(): Iterable<Uint8Array>;
  /** Returns how far it is, for people, and the part that is done, if that is known. */
  progress(): { readonly text: string; readonly part: number | undefined };
  /** Returns what was written: `450 entries`. */
  result(): string;
  /** Returns the codecs that were guessed: `key u64-be`. */
  guesses(): readonly string[];
  /** Returns why the file has not all of the part, if so. */
  incomplete(): string | undefined;
}

/** Returns the export of all bytes of a space. */
export function exportOfSpace(space: Space): Job {
  const size = byteLength(space.memory);
  return exportOfBytes(space, size, memoryPieces(space.memory), undefined);
}

/** Returns the export of a database in a space, as a file. */
export function exportOfDatabase(space: Space, database: Database): Job {
  return exportOfBytes(space, database.range.length, databasePieces(space.memory, database), database.doubt);
}

function exportOfBytes(space: Space, size: number, bytes: Iterable<Uint8Array>, doubt: string | undefined): Job {
  let written = 0;
  const part = (): number => (size === 0 ? 1 : written / size);
  return {
    spaces: [space],
    *pieces() {
      for (const piece of bytes) {
        yield piece;
        written += piece.length;
      }
    },
    progress: () => ({ text: `${Math.floor(100 * part())} %`, part: part() }),
    result: () => formatBytes(size),
    guesses: () => [],
    incomplete: () => doubt,
  };
}

async function writerOf(format: EntryFormat): Promise<(walk: Walk) => Iterable<Uint8Array>> {
  switch (format) {
    case 'jsonl':
      return (walk) => encodedText(entriesAsJsonLines(walk.lines()));
    case 'csv':
      return (walk) => encodedText(entriesAsCsv(walk.entries()));
    case 'parquet': {
      const { parquetPieces } = await import('./parquet.ts');
      return (walk) => parquetPieces(walk.entries(), `stable-memory version ${version}`);
    }
  }
}

/** Returns the export of a structure's entries. */
export async function exportOfEntries(snapshot: Snapshot, placed: PlacedStructure, format: EntryFormat): Promise<Job> {
  const { kind, length } = placed.structure;
  const names = [ELEMENT_NAMES[kind], plural(ELEMENT_NAMES[kind])] as const;
  const all = length === undefined ? '' : ` of ${formatCount(length)}`;
  const walk = new Walk(snapshot, placed);
  const piecesOf = await writerOf(format);
  return {
    spaces: placed.spaces,
    pieces: () => piecesOf(walk),
    progress: () => ({
      text: `${formatCount(walk.count)}${all} ${names[1]}`,
      part: length === undefined || length === 0n ? undefined : Math.min(1, walk.count / Number(length)),
    }),
    result: () => formatCounted(walk.count, ...names),
    guesses: () =>
      snapshot.decoding.guessedRoles(placed).flatMap((role) => {
        const guessed = walk.guessed(role);
        return guessed.length === 0 ? [] : [`${role} ${guessed.join(' or ')}`];
      }),
    incomplete: () => (walk.incomplete === undefined ? undefined : `Not all entries could be read: ${walk.incomplete}`),
  };
}
