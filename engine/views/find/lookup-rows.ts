import type { Budget } from '../../core/budget.ts';
import { formatAddress, formatCounted } from '../../core/format.ts';
import { codeSpan, markdownText } from '../../core/markdown.ts';
import { STRUCTURE_NAMES } from '../../core/structure-kinds.ts';
import type { PlacedStructure } from '../../snapshot/placed.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { nameOfSpace } from '../../snapshot/space.ts';
import { row } from '../list.ts';
import { ELEMENT_NAMES, plural } from '../names.ts';
import type { LookupResult, LookupRow, MapChoice, TreeRow } from '../protocol.ts';
import { lookUpKey, mapsOf } from './lookup.ts';
import { orderOf, type StoryLine, storyOf } from './lookup-story.ts';

const ICONS = {
  node: 'structure',
  comparison: 'field',
  found: 'element',
  absent: 'note',
  key: 'element',
  value: 'element',
  damage: 'note',
  note: 'note',
} as const satisfies Record<StoryLine['kind'], TreeRow['icon']>;

export function mapChoices(snapshot: Snapshot): readonly MapChoice[] {
  return mapsOf(snapshot).map(({ part, space, structure }) => ({
    part,
    label: `${nameOfSpace(space)} › ${STRUCTURE_NAMES[structure.kind]}`,
    description: formatCounted(structure.length ?? 0n, ELEMENT_NAMES[structure.kind], plural(ELEMENT_NAMES[structure.kind])),
  }));
}

/** Looks a key up. Returns the rows of its path; a full sentence if the key cannot be understood. */
export function lookupResult(snapshot: Snapshot, placed: PlacedStructure, key: string, budget: Budget): LookupResult | string {
  const line = lookUpKey(snapshot, placed, key, budget);
  if (typeof line === 'string') return line;
  return { order: orderOf(line), outcome: line.outcome, rows: rowsOf(storyOf(line), 'lookup') };
}

function rowsOf(lines: readonly StoryLine[], within: string): readonly LookupRow[] {
  return lines.map(({ kind, text, more, place, lines: inner }, index) => {
    const id = `${within}/${index}`;
    const offset = place?.offset;
    return {
      row: row({
        id,
        label: text,
        description: more,
        tooltip: tooltipOf(text, more, place),
        icon: ICONS[kind],
        expandable: inner.length > 0,
        at: offset === undefined || !place ? undefined : { start: offset, length: Math.max(1, place.length) },
        part: place?.part,
        address: place && formatAddress(place.address),
        fault: kind === 'damage' ? 'error' : undefined,
      }),
      rows: rowsOf(inner, id),
    };
  });
}

/** Returns the whole text of a row, which the view may cut off, with the length and the address of its bytes. */
function tooltipOf(text: string, more: string, place: StoryLine['place']): string {
  const where =
    place === undefined ? '' : `${formatCounted(place.length, 'byte')} at ${formatAddress(place.address)} of its memory`;
  return [codeSpan(text), markdownText(more), where].filter((line) => line !== '').join('  \n');
}
