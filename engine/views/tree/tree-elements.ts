import type { Budget } from '../../core/budget.ts';
import { cut, formatAddress, formatCount, formatCounted } from '../../core/format.ts';
import { codeSpan, markdownText } from '../../core/markdown.ts';
import type { Element, StoredBytes } from '../../core/structure.ts';
import type { Role } from '../../snapshot/decoding.ts';
import type { PlacedStructure } from '../../snapshot/placed.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { offsetOf } from '../entries.ts';
import { fixed, type List, row } from '../list.ts';
import { ELEMENT_NAMES, plural } from '../names.ts';
import type { TreeRow } from '../protocol.ts';
import { decodeForLine, type LineValue } from './line-value.ts';
import { byteRangeOf, countText, faultOf, START, titleOf, treeOf } from './tree-words.ts';

/** Maximum characters of a decoded value in a row, and in its tooltip. */
const ROW_TEXT = 120;
const TOOLTIP_TEXT = 400;

export function elementsRoot(snapshot: Snapshot, placed: PlacedStructure): TreeRow {
  return row({
    id: `elements:${placed.part}`,
    label: titleOf(placed),
    description: countText(placed).replace(/^, /, ''),
    icon: 'structure',
    expandable: placed.structure.length !== 0n,
    at: byteRangeOf(placed.space.memory.toImage(START, 1)[0]),
    part: placed.part,
    fault: faultOf(snapshot, placed.part),
    ...treeOf(placed),
  });
}

export function elementList(snapshot: Snapshot, placed: PlacedStructure, budget: Budget): List {
  const noun = ELEMENT_NAMES[placed.structure.kind];
  return {
    count: placed.structure.count(budget),
    nouns: plural(noun),
    rows: ({ from, to }) =>
      placed.structure.elements(from, to - from, budget).map((element) => elementRow(snapshot, placed, element, budget)),
  };
}

/** Returns the row of the elements that the structure no longer leads to. They are searched for when it is opened. */
export function recoverableRoot(placed: PlacedStructure): readonly TreeRow[] {
  if (placed.structure.recoverable === undefined) return [];
  return [
    row({
      id: `recoverable:${placed.part}`,
      label: `Recoverable ${plural(ELEMENT_NAMES[placed.structure.kind])}`,
      description: isMap(placed) ? 'in unused chunks' : 'after those in use',
      tooltip: isMap(placed) ? RECOVERABLE : RECOVERABLE_AFTER,
      icon: 'residual',
      expandable: true,
      part: placed.part,
    }),
  ];
}

function isMap({ structure: { kind } }: PlacedStructure): boolean {
  return kind === 'btreemap' || kind === 'btreeset';
}

const RECOVERABLE =
  'Entries from before the map was cleared, and entries in freed and leaked chunks. Some were removed, and some are older copies of entries that are still in the map.';

const RECOVERABLE_AFTER =
  'Bytes after the last element that the structure counts: elements that were removed, or that it had before it was cleared.';

export function recoverableList(snapshot: Snapshot, placed: PlacedStructure, budget: Budget): List {
  const { recoverable } = placed.structure;
  const count = recoverable?.count(budget) ?? 0;
  if (count === 0) {
    const [label, description] =
      budget.cutShort === undefined
        ? ['none', 'the unused bytes hold nothing that can be read']
        : ['not found yet', 'close the row above and open it again to look further'];
    return fixed([row({ id: `noResidual:${placed.part}`, label, description, icon: 'note' })]);
  }
  return {
    count,
    nouns: plural(ELEMENT_NAMES[placed.structure.kind]),
    rows: ({ from, to }) =>
      (recoverable?.elements(from, to - from, budget) ?? []).map((element) => residualRow(snapshot, placed, element, budget)),
  };
}

/** Returns the row of a residual element: as that of an element in use, but without its index, which names no element. */
function residualRow(snapshot: Snapshot, placed: PlacedStructure, element: Element, budget: Budget): TreeRow {
  const shown = elementRow(snapshot, placed, element, budget);
  const { residual } = element;
  const node = residual?.version === undefined ? 'its node is gone' : `node of version ${residual.version}`;
  const where =
    residual?.chunk === undefined
      ? 'outside of those in use'
      : `in ${residual.origin} chunk ${formatAddress(residual.chunk)}, ${node}`;
  return {
    ...shown,
    id: `residual:${placed.part}:${element.index}`,
    description: `${shown.description} · ${residual?.origin ?? ''}`,
    tooltip: `${shown.tooltip}  \n${where}: ${residual?.doubt ?? 'it may be an older copy of one that is still in use'}`,
    icon: 'residual',
    part: placed.part,
    element: undefined,
  };
}

function elementRow(snapshot: Snapshot, placed: PlacedStructure, element: Element, budget: Budget): TreeRow {
  const key = element.key === undefined ? undefined : sideText(snapshot, placed, element, 'key', budget);
  const value =
    placed.structure.kind === 'btreeset' || (element.value ?? element.described) === undefined
      ? undefined
      : sideText(snapshot, placed, element, 'value', budget);
  const stored = element.value !== undefined && value !== undefined ? element.value : element.key;
  const start = stored?.spans[0]?.start;
  const offset = stored === undefined ? undefined : offsetOf(snapshot, stored);
  return row({
    id: `element:${placed.part}:${element.index}`,
    label: key?.text ?? element.described?.path ?? `[${formatCount(element.index)}]`,
    description: value?.text ?? '',
    tooltip: [
      key === undefined ? '' : sideTooltip('key', key, element.key),
      value === undefined ? '' : sideTooltip('value', value, element.value),
    ]
      .filter((text) => text !== '')
      .join('\n\n'),
    icon: 'element',
    at:
      offset === undefined || stored === undefined
        ? undefined
        : { start: offset, length: Math.max(1, stored.spans[0]?.length ?? 1) },
    part: `${placed.part}/entry/${element.index}`,
    address: start === undefined ? undefined : formatAddress(start),
    element: { part: placed.part, index: element.index, text: value?.text ?? key?.text ?? '' },
  });
}

/** A key or value as text on one line. */
interface SideText extends LineValue {
  /** As much of it as a tooltip shows; `text` is what a row shows. */
  readonly longText: string;
}

/** Returns the text of an element's key or value, on one line and cut off if it is long. */
export function sideText(
  snapshot: Snapshot,
  placed: PlacedStructure,
  element: Omit<Element, 'index'>,
  role: Role,
  budget: Budget,
): SideText {
  const { text, ...others } = decodeForLine(snapshot, placed, element, role, budget);
  return { ...others, text: oneLine(text, ROW_TEXT), longText: oneLine(text, TOOLTIP_TEXT) };
}

/** Returns a decoded key or value for a tooltip, and beneath it how it is encoded, its length and its address. */
function sideTooltip(role: Role, { longText, codec, guessed }: SideText, stored: StoredBytes | undefined): string {
  const encoded = `${markdownText(codec)}${guessed && codec !== 'bytes' ? ' (guessed)' : ''}`;
  const start = stored?.spans[0]?.start;
  const where = start === undefined ? '' : ` at ${formatAddress(start)} of its memory`;
  return `${codeSpan(longText)}  \n${role}: ${encoded}, ${formatCounted(stored?.size ?? 0, 'byte')}${where}`;
}

function oneLine(text: string, max: number): string {
  const flat = text.slice(0, 4 * max).replace(/\s+/g, ' ');
  return flat === '' ? '""' : cut(flat, max);
}
