/** The entries of the map's legend: owners or kinds, each with its colour and its bytes. */
import type { MapResult } from '../../../engine/views/protocol.ts';
import type { Filter } from '../../state/state.ts';
import { type Colouring, colourOf } from '../colouring.ts';

export interface LegendEntry {
  /** The part of an owner, or the name of a kind. */
  readonly id: string;
  readonly label: string;
  /** Index of owner colours; -1 is neutral. */
  readonly colour: number;
  readonly bytes: number;
}

/** Returns the entries of the whole image, in the order of their first bytes. */
export function legendEntries(overview: MapResult | undefined, colouring: 'owner' | 'kind'): readonly LegendEntry[] {
  if (overview === undefined) return [];
  const entries = new Map<string, { -readonly [Key in keyof LegendEntry]: LegendEntry[Key] }>();
  const sums = new Float64Array(overview.owners.length);
  overview.ownerOf.forEach((owner, part) => {
    sums[owner] = (sums[owner] ?? 0) + (overview.bytesOf[part] ?? 0);
  });
  overview.owners.forEach((owner, index) => {
    const [id, label] = colouring === 'kind' ? [owner.kind.name, owner.kind.name] : [owner.part, owner.label];
    const bytes = sums[index] ?? 0;
    const before = entries.get(id);
    if (before === undefined) entries.set(id, { id, label, colour: colourOf(owner, colouring), bytes });
    else before.bytes += bytes;
  });
  return [...entries.values()];
}

/** Returns the entries whose label has all words of a text, in any order. */
export function entriesWith(entries: readonly LegendEntry[], text: string): readonly LegendEntry[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return entries.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)));
}

/** Returns the entry that the filter highlights. */
export function highlightedIn(filter: Filter, colouring: Colouring): string | undefined {
  return colouring === 'kind' ? filter.kind : filter.owner;
}
