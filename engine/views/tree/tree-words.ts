import { formatCounted } from '../../core/format.ts';
import { at, type OffsetRange } from '../../core/memory/memory.ts';
import { STRUCTURE_NAMES } from '../../core/structure-kinds.ts';
import type { PlacedStructure } from '../../snapshot/placed.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { nameOfSpace } from '../../snapshot/space.ts';
import { ELEMENT_NAMES, plural } from '../names.ts';
import type { ByteRange, TreeRow } from '../protocol.ts';
import { hasShape } from '../shape/shape.ts';

export const START = at(0, 0);

export function byteRangeOf(extent: OffsetRange | undefined): ByteRange | undefined {
  return extent === undefined ? undefined : { start: extent.start, length: extent.length };
}

export function countText(placed: PlacedStructure): string {
  const { length, kind, facts } = placed.structure;
  if (kind === 'upgrade-dump') return `, ${facts['encoding']}${facts['lostBytes'] === undefined ? '' : ', what is left of it'}`;
  if (length === undefined) return '';
  const noun = ELEMENT_NAMES[kind];
  return `, ${formatCounted(length, noun, plural(noun))}`;
}

/** Returns a structure's name with its spaces: `memory 3 · BTreeMap`, `region 16, region 17 · MemoryBuffer`. */
export function titleOf({ spaces, structure }: PlacedStructure): string {
  return `${spaces.map(nameOfSpace).join(', ')} · ${STRUCTURE_NAMES[structure.kind]}`;
}

/** Returns what a row says about the shape of a structure: nothing if it is not a tree. */
export function treeOf(placed: PlacedStructure): Pick<TreeRow, 'tree'> {
  return hasShape(placed) ? { tree: placed.part } : {};
}

export function faultOf(snapshot: Snapshot, part: string): TreeRow['fault'] {
  const severities = snapshot.openingFindings.filter((finding) => finding.part === part).map((finding) => finding.severity);
  return severities.includes('error') ? 'error' : severities.includes('warning') ? 'warning' : undefined;
}
