import { formatAddress, formatBytes, formatCount, formatCounted } from '../../core/format.ts';
import { codeSpan, markdownText } from '../../core/markdown.ts';
import { byteLength } from '../../core/memory/memory.ts';
import { kindAndNumber } from '../../core/part-ids.ts';
import { STRUCTURE_NAMES } from '../../core/structure-kinds.ts';
import { describeOrder } from '../../rust/memory-manager/order.ts';
import type { Area } from '../../snapshot/areas.ts';
import { pieceKind } from '../../snapshot/layout/layout.ts';
import type { PlacedStructure } from '../../snapshot/placed.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { describeName, nameOfSpace, orderOf, type Space } from '../../snapshot/space.ts';
import { describeUnread } from '../../snapshot/structures.ts';
import { growthOf } from '../buckets.ts';
import { type List, row } from '../list.ts';
import { nameOfFact, textOfFact } from '../names.ts';
import type { TreeRow } from '../protocol.ts';
import { areaRow, pieceFill } from './tree-areas.ts';
import { byteRangeOf, countText, faultOf, START, treeOf } from './tree-words.ts';

/** Returns the row of a virtual memory or region: its content, its size, and the slack in its buckets. */
export function spaceRow(snapshot: Snapshot, space: Space): TreeRow {
  const { pages } = space.memory;
  const placed = snapshot.places.structureIn(space);
  const unread = snapshot.unread.find((one) => one.space === space);
  const content = placed === undefined ? (unread === undefined ? '' : `${unread.name} · `) : `${roleOf(placed, space)} · `;
  const reserved = space.pieces.reduce((sum, piece) => sum + piece.extent.length, 0);
  const slack = Math.max(0, reserved - byteLength(space.memory));
  const slackText = slack === 0 ? '' : ` · ${formatBytes(slack)} slack`;
  const name = nameOfSpace(space);
  const order = orderOf(space);
  const [piece] = space.pieces;
  const growth = piece && growthOf(snapshot, piece.extent.length);
  const permuted = order === undefined ? '' : ' · a load permutes its pages';
  return row({
    id: `space:${space.part}`,
    label: name,
    description: `${content}${formatCounted(pages, 'page')}${slackText}${permuted}`,
    tooltip: [
      `**${markdownText(name)}**: ${formatCounted(pages, 'page')} (${formatCount(byteLength(space.memory))} bytes)`,
      markdownText(describeName(space)),
      space.declared?.type === undefined ? '' : `declared as ${codeSpan(space.declared.type)}`,
      space.pieces.length === 0
        ? ''
        : `in ${formatCounted(space.pieces.length, pieceKind(snapshot.layout))}, ${formatCount(reserved)} bytes reserved, ${formatCount(slack)} of them slack`,
      placed === undefined ? '' : `holds ${roleOf(placed, space)}`,
      order === undefined ? '' : describeOrder(order),
      unread === undefined ? '' : markdownText(describeUnread(unread)),
      growth === undefined ? '' : `\n${growth}`,
    ]
      .filter((line) => line !== '')
      .join('  \n'),
    icon: space.kind === 'region' ? 'region' : 'memory',
    expandable: placed !== undefined || space.pieces.length > 0,
    at: byteRangeOf(space.memory.toImage(START, 1)[0]),
    part: space.part,
    fault: order === undefined ? faultOf(snapshot, space.part) : 'error',
    ...(placed !== undefined && treeOf(placed)),
  });
}

/** Returns `BTreeMap, 2,767 entries`; for a space that is not the leading one, `Log (data), 12 entries`. */
function roleOf(placed: PlacedStructure, space: Space): string {
  const role = placed.space === space ? '' : ` (${placed.structure.roles?.[placed.spaces.indexOf(space)] ?? 'data'})`;
  return `${STRUCTURE_NAMES[placed.structure.kind]}${role}${countText(placed)}`;
}

/** Returns the list beneath a memory: its structure first, then its buckets in virtual order. */
export function spaceContent(snapshot: Snapshot, space: Space): List {
  const placed = snapshot.places.structureIn(space);
  const first = placed === undefined ? [] : [structureRow(placed)];
  const pieces = snapshot.areas.filter((area) => area.kind === 'piece' && area.space === space);
  const inOrder = [...pieces].sort((a, b) => addressOf(a) - addressOf(b));
  return {
    count: first.length + inOrder.length,
    nouns: `${pieceKind(snapshot.layout)}s`,
    rows: ({ from, to }) => [...first, ...inOrder.map((area, index) => pieceInSpaceRow(snapshot, area, index))].slice(from, to),
  };
}

function addressOf(area: Area): number {
  return area.kind === 'piece' ? area.address : 0;
}

function structureRow(placed: PlacedStructure): TreeRow {
  return row({
    id: `facts:${placed.part}`,
    label: STRUCTURE_NAMES[placed.structure.kind],
    description: countText(placed).replace(/^, /, ''),
    icon: 'structure',
    expandable: Object.keys(placed.structure.facts).length > 0,
    at: byteRangeOf(placed.space.memory.toImage(START, 1)[0]),
    part: placed.part,
    ...treeOf(placed),
  });
}

export function factRows(placed: PlacedStructure): readonly TreeRow[] {
  return Object.entries(placed.structure.facts).map(([fact, value]) =>
    row({
      id: `fact:${placed.part}:${fact}`,
      label: nameOfFact(fact),
      description: textOfFact(value),
      icon: 'field',
    }),
  );
}

function pieceInSpaceRow(snapshot: Snapshot, area: Area, index: number): TreeRow {
  const base = areaRow(snapshot, area);
  const where = `${formatAddress(addressOf(area))} of the memory`;
  const reloaded = area.kind === 'piece' ? orderOf(area.space)?.reloaded[index] : undefined;
  const load =
    reloaded === undefined || kindAndNumber(area.part)[1] === String(reloaded) ? '' : ` · bucket ${reloaded} after a load`;
  return { ...base, id: `${base.id}@${index}`, description: `${pieceFill(area)} · from ${where}${load}` };
}
