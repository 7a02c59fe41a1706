import { formatAddress, formatBytes } from '../../../engine/core/format.ts';
import { CELL_CHANGES, type ChangeMap } from '../../../engine/views/diff/calls.ts';
import { formatShare } from '../../format.ts';

type CellChange = (typeof CELL_CHANGES)[number];

const TEXTS: Readonly<Record<CellChange, string>> = {
  unknown: 'not compared yet',
  same: 'same bytes',
  changed: 'changed',
  added: 'only after',
  removed: 'only before',
};

export function changeOf(map: ChangeMap, cell: number): CellChange {
  return CELL_CHANGES[map.changes[cell] ?? 0] ?? 'unknown';
}

export function isChangedCell(map: ChangeMap | undefined, cell: number): boolean {
  const change = map === undefined ? 'same' : changeOf(map, cell);
  return change !== 'same' && change !== 'unknown';
}

/** Returns what a cell of the map is: `0x10000, 16 KiB of 0 messages: changed, 25 %`. */
export function cellText(map: ChangeMap, cell: number): string {
  const owner = map.owners[map.ownerOf[cell] ?? -1];
  const change = changeOf(map, cell);
  const share = map.shares[cell] ?? 0;
  const how = change === 'changed' && share < 1 ? `${TEXTS[change]}, ${formatShare(share, 1)} of its blocks` : TEXTS[change];
  const of = owner === undefined ? '' : ` of ${/^\d/.test(owner.label) ? `memory ${owner.label}` : owner.label}`;
  return `${formatAddress(cell * map.bytesPerCell)}, ${formatBytes(map.bytesPerCell)}${of}: ${how}`;
}
