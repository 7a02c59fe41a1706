import type { SpaceId } from '../../core/part-ids.ts';
import type { DeclaredMemory } from '../../project/declared-memory.ts';
import { type Labels, labelFor } from '../labels.ts';

/** A name, and where it comes from, for people. */
export interface SourcedName {
  readonly name: string;
  /** `src/storage.rs:41`, `the labels` */
  readonly from: string;
}

/** Sources of names of spaces that are not in an image's bytes. */
export interface NameSources {
  readonly labels: Labels;
  /** Returns what the program's source declares about a memory. Known only after the layout. */
  readonly declared: (part: SpaceId) => DeclaredMemory | undefined;
  /** Returns the path to a region from a stable variable. Known only after the layout. */
  readonly variable: (region: number) => string | undefined;
}

/** Returns the name of a memory: from the labels, else the canister's own ledger of memory ids, else the program's source. */
export function nameOfMemory(
  { labels, declared }: NameSources,
  part: SpaceId,
  stableKey: string | undefined,
): SourcedName | undefined {
  const label = labelFor(labels, part)?.name;
  if (label !== undefined) return { name: label, from: 'the labels' };
  if (stableKey !== undefined) return { name: stableKey, from: 'the ledger of memory ids in memory 0' };
  const own = declared(part);
  return own && { name: own.name, from: own.from };
}

/** Returns the name of a region: from the labels, else that of the variable that holds it. */
export function nameOfRegion({ labels, variable }: NameSources, part: SpaceId, region: number): SourcedName | undefined {
  const label = labelFor(labels, part)?.name;
  if (label !== undefined) return { name: label, from: 'the labels' };
  const path = variable(region);
  return path === undefined ? undefined : { name: path, from: 'the stable variable that holds it' };
}
