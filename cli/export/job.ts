import { formatBytes, formatCount, formatCounted } from '../../engine/core/format.ts';
import { byteLength } from '../../engine/core/memory/memory.ts';
import { writeText } from '../../engine/core/write-text.ts';
import type { PlacedStructure } from '../../engine/snapshot/placed.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import type { Space } from '../../engine/snapshot/space.ts';
import { ELEMENT_NAMES, plural } from '../../engine/views/names.ts';
import { version } from '../../package.json';
import { guessedRoles } from '../options/codec-options.ts';
import type { ProgressLine } from '../progress-line.ts';
import { entriesAsCsv } from './csv.ts';
import type { Format } from './formats.ts';
import { entriesAsJsonLines } from './json-lines.ts';
import { writeMemory } from './raw.ts';
import { Walk } from './walk.ts';

type Sink = (bytes: Uint8Array) => void;

/** An export of one part in one format. */
export interface Job {
  /** The spaces that it reads. */
  readonly spaces: readonly Space[];
  write(sink: Sink): void;
  /** Returns what was written: `450 entries`. */
  result(): string;
  /** Returns sentences about how that is to be taken. */
  remarks(): readonly string[];
  /** Returns why the walk was cut short, if it was. */
  incomplete(): string | undefined;
}

/** Returns the export of all bytes of a space. */
export function exportOfSpace(space: Space, progress: ProgressLine): Job {
  const { memory } = space;
  const size = byteLength(memory);
  const onWritten = (bytes: number): void => progress.show(() => `exporting: ${Math.floor((100 * bytes) / size)} %`);
  return {
    spaces: [space],
    write: (sink) => writeMemory(memory, sink, onWritten),
    result: () => formatBytes(size),
    remarks: () => [],
    incomplete: () => undefined,
  };
}

async function writerOf(format: Exclude<Format, 'raw'>): Promise<(walk: Walk, sink: Sink) => void> {
  switch (format) {
    case 'jsonl':
      return (walk, sink) => writeText(entriesAsJsonLines(walk.lines()), sink);
    case 'csv':
      return (walk, sink) => writeText(entriesAsCsv(walk.entries()), sink);
    case 'parquet': {
      const { writeParquet } = await import('./parquet.ts');
      return (walk, sink) => writeParquet(walk.entries(), sink, `stable-memory version ${version}`);
    }
  }
}

/** Returns the export of a structure's entries. */
export async function exportOfEntries(
  snapshot: Snapshot,
  placed: PlacedStructure,
  format: Exclude<Format, 'raw'>,
  progress: ProgressLine,
): Promise<Job> {
  const { kind, length } = placed.structure;
  const names = [ELEMENT_NAMES[kind], plural(ELEMENT_NAMES[kind])] as const;
  const all = length === undefined ? '' : ` of ${formatCount(length)}`;
  const walk = new Walk(snapshot, placed, (count) =>
    progress.show(() => `exporting: ${formatCount(count)}${all} ${plural(ELEMENT_NAMES[kind])}`),
  );
  const writeEntries = await writerOf(format);
  return {
    spaces: placed.spaces,
    write: (sink) => writeEntries(walk, sink),
    result: () => formatCounted(walk.count, ...names),
    remarks: () => {
      const codecs = guessedRoles(snapshot, placed).flatMap((role) => {
        const guessed = walk.guessed(role);
        return guessed.length === 0 ? [] : [`${role} ${guessed.join(' or ')}`];
      });
      return codecs.length === 0 ? [] : [`The encodings are guesses: ${codecs.join(', ')}. --key and --value choose others.`];
    },
    incomplete: () => walk.incomplete,
  };
}
