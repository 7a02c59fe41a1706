import { formatAddress, formatBytes, formatCount, formatCounted } from '../../core/format.ts';
import { markdownText } from '../../core/markdown.ts';
import { PAGE_SIZE } from '../../core/memory/memory.ts';
import { nameOfPart } from '../../core/part-ids.ts';
import type { Area } from '../../snapshot/areas.ts';
import { managerBefore, pieceKind } from '../../snapshot/layout/layout.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { nameOfSpace } from '../../snapshot/space.ts';
import { growthOf } from '../buckets.ts';
import { row } from '../list.ts';
import type { TreeRow } from '../protocol.ts';
import { byteRangeOf } from './tree-words.ts';

/** Returns the row of an area: the manager's page, a bucket, a freed bucket, the rest. */
export function areaRow(snapshot: Snapshot, area: Area): TreeRow {
  const missing = snapshot.places.missingIn(area.extent);
  const notThere =
    missing === 0 ? '' : missing === area.extent.length ? ' · not downloaded' : ` · ${formatBytes(missing)} not downloaded`;
  const { label, description, icon } = areaWords(snapshot, area);
  const growth = icon === 'manager' ? growthOfManager(snapshot, area) : undefined;
  return row({
    id: `area:${area.part}:${area.extent.start}`,
    label,
    description: `${description}${notThere}`,
    tooltip: `**${markdownText(label)}**, ${markdownText(description)}  \n${formatAddress(area.extent.start)} to ${formatAddress(area.extent.start + area.extent.length)}, ${formatCount(area.extent.length)} bytes${notThere}${growth === undefined ? '' : `\n\n${growth}`}`,
    icon,
    at: byteRangeOf(area.extent),
    part: area.part,
    address: formatAddress(area.extent.start),
  });
}

function growthOfManager(snapshot: Snapshot, { extent }: Area): string | undefined {
  const manager = managerBefore(snapshot.layout, extent.start);
  return growthOf(snapshot, manager && manager.view.bucketPages * PAGE_SIZE);
}

function areaWords(snapshot: Snapshot, area: Area): Pick<TreeRow, 'label' | 'description' | 'icon'> {
  const icon = pieceKind(snapshot.layout);
  const numbered = nameOfPart(area.part);
  switch (area.kind) {
    case 'named':
      return {
        label: area.name === 'manager' ? numbered : area.name,
        description: formatBytes(area.extent.length),
        icon: area.name === 'manager' ? 'manager' : 'note',
      };
    case 'freed':
      return { label: numbered, description: `free · ${formatBytes(area.extent.length)}`, icon: 'free' };
    case 'plain':
      return { label: nameOfSpace(area.space), description: formatBytes(area.extent.length), icon: 'memory' };
    case 'piece':
      return { label: numbered, description: `${nameOfSpace(area.space)} · ${pieceFill(area)}`, icon };
  }
}

export function pieceFill(area: Area): string {
  if (area.kind !== 'piece') return formatBytes(area.extent.length);
  const pages = Math.ceil(area.used / PAGE_SIZE);
  return `${formatCount(pages)} of ${formatCounted(Math.ceil(area.extent.length / PAGE_SIZE), 'page')} used`;
}

/** Returns the freed areas, in the order in which the manager allocates them again, if it does. */
export function freedAreas({ areas, layout }: Snapshot): readonly Area[] {
  const freed = areas.filter((area) => area.kind === 'freed');
  if (layout.kind !== 'memory-manager') return freed;
  const ordered = layout.managers.flatMap(({ prefix, view }) => view.freedBuckets.map((bucket) => `${prefix}bucket/${bucket}`));
  const places = new Map(ordered.map((part, place) => [part, place]));
  return freed.sort((a, b) => (places.get(a.part) ?? 0) - (places.get(b.part) ?? 0));
}
