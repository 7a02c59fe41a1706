import { formatCounted, isOrAre } from '../../engine/core/format.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { absentBytes } from '../../engine/snapshot/absent-bytes.ts';
import { findStructure, listParts } from '../../engine/snapshot/find-part.ts';
import type { PlacedStructure } from '../../engine/snapshot/placed.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import { nameOfSpace, type Space } from '../../engine/snapshot/space.ts';
import { findDatabase } from '../../engine/snapshot/sqlite/find-database.ts';
import type { EntryFormat, Format } from '../../engine/views/export-formats.ts';
import { spaceOf, structureOf } from '../open-files/named-part.ts';
import { exportOfDatabase, exportOfEntries, exportOfSpace, type Job } from './job.ts';

/** A part of a snapshot, and the format that it is exported in. */
export type ExportPlan =
  | { readonly format: 'raw' | 'sqlite'; readonly space: Space }
  | { readonly format: EntryFormat; readonly placed: PlacedStructure };

/**
 * Returns what an export of the part with this id is: by default the bytes of a memory, region or image, and the entries of a
 * structure. @throws UserError if there is no such part, or it cannot be exported in this format
 */
export function planExport(snapshot: Snapshot, part: string, wanted: Format | undefined): ExportPlan {
  const space = spaceOf(snapshot, part);
  if (wanted === undefined && space === undefined && findStructure(snapshot, part) === undefined)
    throw new UserError('input', `There is no part "${part}". ${listParts(snapshot)}`);
  const format = wanted ?? (space === undefined ? 'jsonl' : 'raw');
  if (format !== 'raw' && format !== 'sqlite') return { format, placed: structureOf(snapshot, part) };
  if (space === undefined) throw notASpace(snapshot, part, format);
  return { format, space };
}

/** Returns the export of a plan. @throws UserError if there is no database where one is to be exported */
export async function jobOf(snapshot: Snapshot, plan: ExportPlan): Promise<Job> {
  if ('placed' in plan) return exportOfEntries(snapshot, plan.placed, plan.format);
  if (plan.format === 'raw') return exportOfSpace(plan.space);
  const database = findDatabase(plan.space.memory);
  if (database === undefined) throw new UserError('input', noDatabase(snapshot, plan.space));
  return exportOfDatabase(plan.space, database);
}

/** Returns the formats in which a part can be exported, the one to suggest first: a database is worth more as such than as bytes. */
export function formatsOf(snapshot: Snapshot, part: string): readonly Format[] {
  const space = spaceOf(snapshot, part);
  const ofEntries: readonly Format[] = findStructure(snapshot, part) === undefined ? [] : ['jsonl', 'csv', 'parquet'];
  if (space === undefined) return ofEntries;
  return findDatabase(space.memory) === undefined ? ['raw', ...ofEntries] : ['sqlite', 'raw', ...ofEntries];
}

/** Returns sentences about what the file lacks, or has in another state. */
export function problemsOf(snapshot: Snapshot, { spaces, incomplete }: Job): readonly string[] {
  const absent = spaces.map((space) => describeAbsence(space, absentBytes(snapshot, space)));
  return [incomplete(), ...absent, snapshot.broken, snapshot.change()].filter((sentence) => sentence !== undefined);
}

function describeAbsence(space: Space, bytes: number): string | undefined {
  if (bytes === 0) return undefined;
  return `${formatCounted(bytes, 'byte')} of ${nameInSentence(space)} ${isOrAre(bytes)} not in the snapshot, and read as zero.`;
}

function nameInSentence(space: Space): string {
  return space.kind === 'image' ? 'the image' : nameOfSpace(space);
}

function noDatabase(snapshot: Snapshot, space: Space): string {
  const others = snapshot.spaces.filter((other) => findDatabase(other.memory) !== undefined).map(({ part }) => part);
  const hint = others.length === 0 ? '' : ` ${others.join(' and ')} ${others.length === 1 ? 'does' : 'do'}.`;
  return `${space.part} does not begin with an SQLite database.${hint}`;
}

function notASpace(snapshot: Snapshot, part: string, format: Format): UserError {
  const placed = findStructure(snapshot, part);
  if (placed !== undefined) {
    const spaces = placed.spaces.map((space) => space.part).join(' and ');
    return new UserError(
      'input',
      `${part} is a structure, and ${format} is for the bytes of a memory or region. It is in ${spaces}.`,
    );
  }
  return new UserError('input', `There is no memory or region "${part}". ${listParts(snapshot, false)}`);
}
