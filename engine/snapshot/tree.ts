import type { Budget } from '../budget.ts';
import { formatAddress, formatBytes, formatCount, formatCounted } from '../format.ts';
import { at, byteLength, type Extent, type MappedMemory, PAGE_SIZE, type Span } from '../memory/memory.ts';
import type { MemoryRegionBooks } from '../motoko/stable-variables/memory-regions.ts';
import type { Stretch, TreeRow, ViewName } from '../protocol.ts';
import { describeOrder } from '../stable-structures/memory-manager/order.ts';
import { type Element, readRun } from '../structure.ts';
import type { Area } from './areas.ts';
import { decodeSide, offsetOf } from './entries.ts';
import { fixed, type List, listRows, row, rowsOf, withLast } from './list.ts';
import { BOOKS_SOURCES } from './memory-regions.ts';
import { ELEMENT_NAMES, FREE_NAMES, INFERRED_LISTS, nameOfFact, plural, STRUCTURE_NAMES, textOfFact } from './names.ts';
import { orderOf, type PlacedStructure, type Snapshot } from './snapshot.ts';
import { nameOfSpace, type Space } from './space.ts';
import type { ShownVariable } from './variables.ts';

/** Decoded values are cut to so many characters in a row, and read to so many bytes. */
const ROW_TEXT = 120;
const ROW_BYTES = 4_096;

/** The rows beneath one row of a view, or the view's roots; never more than 200 beneath one. */
export function treeRows(snapshot: Snapshot, view: ViewName, parent: string | undefined, budget: Budget): readonly TreeRow[] {
  return listRows(parent ?? ROOTS[view], (name) => listOf(snapshot, name, budget));
}

const ROOTS = {
  memories: 'spaces:',
  buckets: 'areas:',
  freeLists: 'freeLists:',
  elements: 'structures:',
} as const satisfies Record<ViewName, string>;

function listOf(snapshot: Snapshot, name: string, budget: Budget): List | undefined {
  const colon = name.indexOf(':');
  const kind = name.slice(0, colon);
  const part = name.slice(colon + 1);
  switch (kind) {
    case 'spaces':
      return rowsOf(snapshot.spaces, 'memories', (space) => spaceRow(snapshot, space));
    case 'areas':
      return rowsOf(snapshot.areas, snapshot.pieceKind === 'block' ? 'blocks' : 'buckets', (area) => areaRow(snapshot, area));
    case 'freeLists':
      return fixed(freeListRoots(snapshot, budget));
    case 'structures':
      return withLast(
        rowsOf(snapshot.structures, 'structures', (placed) => elementsRoot(snapshot, placed)),
        variablesRoot(snapshot),
      );
    case 'variables':
      return rowsOf(snapshot.variables, 'stable variables', variableRow);
    case 'space': {
      const space = snapshot.space(part);
      return space === undefined ? undefined : spaceContent(snapshot, space);
    }
    case 'facts': {
      const placed = snapshot.structure(part);
      return placed === undefined ? undefined : fixed([...factRows(placed), ...recoverableRoot(placed)]);
    }
    case 'recoverable': {
      const placed = snapshot.structure(part);
      return placed === undefined ? undefined : recoverableList(snapshot, placed, budget);
    }
    case 'freed':
      return rowsOf(freedAreas(snapshot), 'buckets', (area) => areaRow(snapshot, area));
    case 'books': {
      const books = snapshot.books[Number(part)];
      return books === undefined ? undefined : freeBlockList(`books:${part}`, books.free, spaceOfBooks(snapshot, books)?.memory);
    }
    case 'free': {
      const placed = snapshot.structure(part);
      return placed === undefined ? undefined : freeList(placed, budget);
    }
    case 'elements': {
      const placed = snapshot.structure(part);
      return placed === undefined ? undefined : elementList(snapshot, placed, budget);
    }
    default:
      return undefined;
  }
}

function stretch(extent: Extent | undefined): Stretch | undefined {
  return extent === undefined ? undefined : { start: extent.start, length: extent.length };
}

/** A virtual memory or region: what is in it, how large it is, how much of its buckets it does not use. */
function spaceRow(snapshot: Snapshot, space: Space): TreeRow {
  const { pages } = space.memory;
  const placed = snapshot.structureIn(space);
  const unread = snapshot.unread.find((one) => one.space === space);
  const content = placed === undefined ? (unread === undefined ? '' : `${unread.name} · `) : `${roleOf(placed, space)} · `;
  const reserved = space.pieces.reduce((sum, piece) => sum + piece.extent.length, 0);
  const slack = Math.max(0, reserved - byteLength(space.memory));
  const slackText = slack === 0 ? '' : ` · ${formatBytes(slack)} slack`;
  const name = nameOfSpace(space);
  const order = orderOf(snapshot, space);
  const permuted = order === undefined ? '' : ' · a load permutes its pages';
  return row({
    id: `space:${space.part}`,
    label: name,
    description: `${content}${formatCounted(pages, 'page')}${slackText}${permuted}`,
    tooltip: [
      `**${name}**: ${formatCounted(pages, 'page')} (${formatCount(byteLength(space.memory))} bytes)`,
      space.pieces.length === 0
        ? ''
        : `in ${formatCounted(space.pieces.length, snapshot.pieceKind)}, ${formatCount(reserved)} bytes reserved, ${formatCount(slack)} of them slack`,
      placed === undefined ? '' : `holds ${roleOf(placed, space)}`,
      order === undefined ? '' : describeOrder(order),
      unread === undefined ? '' : `begins with the magic "${unread.magic}" of ${unread.name}, which is not decoded yet`,
    ]
      .filter((line) => line !== '')
      .join('  \n'),
    icon: space.kind === 'region' ? 'region' : 'memory',
    expandable: placed !== undefined || space.pieces.length > 0,
    at: stretch(space.memory.toImage(START, 1)[0]),
    part: space.part,
    fault: order === undefined ? faultOf(snapshot, space.part) : 'error',
  });
}

const START = at(0, 0);

/** `BTreeMap, 2,767 entries`; `Log (data), 12 entries` for the space that does not lead. */
function roleOf(placed: PlacedStructure, space: Space): string {
  const role = placed.space === space ? '' : ` (${placed.structure.roles?.[placed.spaces.indexOf(space)] ?? 'data'})`;
  return `${STRUCTURE_NAMES[placed.structure.kind]}${role}${countText(placed)}`;
}

function countText(placed: PlacedStructure): string {
  const { length, kind, facts } = placed.structure;
  if (kind === 'upgrade-dump') return `, ${facts['encoding']}${facts['lostBytes'] === undefined ? '' : ', what is left of it'}`;
  if (length === undefined) return '';
  const noun = ELEMENT_NAMES[kind];
  return `, ${formatCounted(length, noun, plural(noun))}`;
}

function faultOf(snapshot: Snapshot, part: string): TreeRow['fault'] {
  const severities = snapshot.openingFindings.filter((finding) => finding.part === part).map((finding) => finding.severity);
  return severities.includes('error') ? 'error' : severities.includes('warning') ? 'warning' : undefined;
}

/** In a memory: its structure first, then its buckets in virtual order. */
function spaceContent(snapshot: Snapshot, space: Space): List {
  const placed = snapshot.structureIn(space);
  const first = placed === undefined ? [] : [structureRow(placed)];
  const pieces = snapshot.areas.filter((area) => area.kind === 'piece' && area.space === space);
  const inOrder = [...pieces].sort((a, b) => addressOf(a) - addressOf(b));
  return {
    count: first.length + inOrder.length,
    nouns: `${snapshot.pieceKind}s`,
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
    at: stretch(placed.space.memory.toImage(START, 1)[0]),
    part: placed.part,
  });
}

function factRows(placed: PlacedStructure): readonly TreeRow[] {
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
  const reloaded = area.kind === 'piece' ? orderOf(snapshot, area.space)?.reloaded[index] : undefined;
  const load = reloaded === undefined || area.part === `bucket/${reloaded}` ? '' : ` · bucket ${reloaded} after a load`;
  return { ...base, id: `${base.id}@${index}`, description: `${pieceFill(area)} · from ${where}${load}` };
}

function pieceFill(area: Area): string {
  if (area.kind !== 'piece') return formatBytes(area.extent.length);
  const pages = Math.ceil(area.used / PAGE_SIZE);
  return `${formatCount(pages)} of ${formatCounted(Math.ceil(area.extent.length / PAGE_SIZE), 'page')} used`;
}

/** A run of the image at the level of its manager: the manager's page, a bucket, a freed bucket, the rest. */
function areaRow(snapshot: Snapshot, area: Area): TreeRow {
  const missing = snapshot.missingIn(area.extent);
  const notThere =
    missing === 0 ? '' : missing === area.extent.length ? ' · not downloaded' : ` · ${formatBytes(missing)} not downloaded`;
  const { label, description, icon } = areaWords(snapshot, area);
  return row({
    id: `area:${area.part}:${area.extent.start}`,
    label,
    description: `${description}${notThere}`,
    tooltip: `**${label}**, ${description}  \n${formatAddress(area.extent.start)} to ${formatAddress(area.extent.start + area.extent.length)}, ${formatCount(area.extent.length)} bytes${notThere}`,
    icon,
    at: stretch(area.extent),
    part: area.part,
    address: formatAddress(area.extent.start),
  });
}

function areaWords(snapshot: Snapshot, area: Area): Pick<TreeRow, 'label' | 'description' | 'icon'> {
  const icon = snapshot.pieceKind;
  const numbered = area.part.replace('/', ' ');
  switch (area.kind) {
    case 'named':
      return {
        label: area.name,
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

/** In the order in which the manager hands them out, where it does. */
function freedAreas({ areas, layout }: Snapshot): readonly Area[] {
  const freed = areas.filter((area) => area.kind === 'freed');
  if (layout.kind !== 'memory-manager') return freed;
  const places = new Map(layout.manager.freedBuckets.map((bucket, place) => [`bucket/${bucket}`, place]));
  return freed.sort((a, b) => (places.get(a.part) ?? 0) - (places.get(b.part) ?? 0));
}

function freeListRoots(snapshot: Snapshot, budget: Budget): readonly TreeRow[] {
  const rows: TreeRow[] = [];
  if (snapshot.layout.kind === 'memory-manager' || snapshot.layout.kind === 'motoko-regions') {
    const freed = freedAreas(snapshot);
    const bytes = freed.reduce((sum, area) => sum + area.extent.length, 0);
    rows.push(
      row({
        id: 'freed:',
        label: `freed ${snapshot.pieceKind}s`,
        description: freed.length === 0 ? 'none' : `${formatCounted(freed.length, snapshot.pieceKind)} · ${formatBytes(bytes)}`,
        icon: 'free',
        expandable: freed.length > 0,
      }),
    );
  }
  rows.push(...snapshot.books.map((books, index) => booksRow(snapshot, books, index)));
  for (const placed of snapshot.structures) {
    const inferred = INFERRED_LISTS.has(placed.structure.kind);
    if (inferred && placed.spaces.every((space) => snapshot.blocksOf(space) !== undefined)) continue;
    const count = placed.structure.freeCount(budget);
    if (count === 0 && !HAS_FREE_LIST.has(placed.structure.kind)) continue;
    const listed = count === 0 ? 'none' : formatCounted(count, `free ${FREE_NAMES[placed.structure.kind]}`);
    rows.push(
      row({
        id: `free:${placed.part}`,
        label: titleOf(placed),
        description: inferred ? `${listed} · inferred from live pointers` : listed,
        tooltip: inferred ? `${listed}. ${INFERRED}` : `${listed}. The free list, in the order in which it hands out.`,
        icon: 'free',
        expandable: count > 0,
        part: placed.part,
      }),
    );
  }
  return rows;
}

const HAS_FREE_LIST: ReadonlySet<string> = new Set(['btreemap', 'btreeset', ...INFERRED_LISTS]);

const INFERRED =
  'Inferred: the free list itself lies on the Motoko heap. These are the gaps between the blocks that the live pointers name. A snapshot folder with its wasm_memory.bin has the list itself.';

function freeList(placed: PlacedStructure, budget: Budget): List {
  const { structure } = placed;
  return {
    count: structure.freeCount(budget),
    nouns: `free ${FREE_NAMES[structure.kind]}s`,
    rows: ({ from, to }) =>
      structure.freeList(from, to - from, budget).map((block, index) => {
        const space = placed.spaces.find(({ memory }) => memory === block.memory) ?? placed.space;
        const where = placed.spaces.length > 1 ? ` of ${nameOfSpace(space)}` : '';
        return freeBlockRow(`freeBlock:${placed.part}:${from + index}`, block, space.memory, where);
      }),
  };
}

function variablesRoot(snapshot: Snapshot): TreeRow | undefined {
  const count = snapshot.variables.length;
  if (count === 0) return undefined;
  const description = formatCount(count);
  return row({ id: 'variables:', label: 'stable variables', description, icon: 'structure', expandable: true, part: 'image' });
}

function variableRow({ id, name, text, type, at: span }: ShownVariable, index: number): TreeRow {
  return row({
    id: `variable:${index}`,
    label: name,
    description: (text ?? type ?? '').replace(/\s+/g, ' ').slice(0, ROW_TEXT),
    tooltip: `The stable variable whose name has the Candid hash ${id}${text === undefined ? '; its value is in the stored heap' : ''}.`,
    icon: 'element',
    at: span && { start: span.start, length: span.length },
  });
}

/** A `MemoryRegion` whose free list the stable variables or the heap tell. */
function booksRow(snapshot: Snapshot, { path, free, ...books }: MemoryRegionBooks, index: number): TreeRow {
  const space = spaceOfBooks(snapshot, books);
  const bytes = free.reduce((sum, span) => sum + span.length, 0);
  const listed = free.length === 0 ? 'none' : `${formatCounted(free.length, 'free block')} · ${formatBytes(bytes)}`;
  const source = `from the ${BOOKS_SOURCES[books.source]}`;
  return row({
    id: `books:${index}`,
    label: `${space === undefined ? `region ${books.regionId}` : nameOfSpace(space)} · MemoryRegion`,
    description: `${listed} · ${source}`,
    tooltip: `The free list of \`${path}\`, ${source}: ${listed}.`,
    icon: 'free',
    expandable: free.length > 0,
    part: space?.part,
  });
}

function spaceOfBooks(snapshot: Snapshot, { regionId }: Pick<MemoryRegionBooks, 'regionId'>): Space | undefined {
  return snapshot.space(`region/${regionId}`);
}

function freeBlockList(id: string, spans: readonly Span[], memory: MappedMemory | undefined): List {
  return rowsOf(spans, 'free blocks', (span, index) => freeBlockRow(`${id}:${index}`, span, memory));
}

function freeBlockRow(id: string, { start, length }: Span, memory: MappedMemory | undefined, where = ''): TreeRow {
  return row({
    id,
    label: formatAddress(start),
    description: `${formatBytes(length)}${where}`,
    tooltip: `${formatCount(length)} bytes from ${formatAddress(start)} on${where}`,
    icon: 'free',
    at: stretch(memory?.toImage(start, length)[0]),
    address: formatAddress(start),
  });
}

/** A structure and where it lies: `memory 3 · BTreeMap`, `region 16, region 17 · MemoryBuffer`. */
function titleOf({ spaces, structure }: PlacedStructure): string {
  return `${spaces.map(nameOfSpace).join(', ')} · ${STRUCTURE_NAMES[structure.kind]}`;
}

function elementsRoot(snapshot: Snapshot, placed: PlacedStructure): TreeRow {
  return row({
    id: `elements:${placed.part}`,
    label: titleOf(placed),
    description: countText(placed).replace(/^, /, ''),
    icon: 'structure',
    expandable: placed.structure.length !== 0n,
    at: stretch(placed.space.memory.toImage(START, 1)[0]),
    part: placed.part,
    fault: faultOf(snapshot, placed.part),
  });
}

function elementList(snapshot: Snapshot, placed: PlacedStructure, budget: Budget): List {
  const noun = ELEMENT_NAMES[placed.structure.kind];
  return {
    count: placed.structure.count(budget),
    nouns: plural(noun),
    rows: ({ from, to }) =>
      placed.structure.elements(from, to - from, budget).map((element) => elementRow(snapshot, placed, element, budget)),
  };
}

/** Where what the structure no longer leads to is listed; looked for when the row is opened. */
function recoverableRoot(placed: PlacedStructure): readonly TreeRow[] {
  if (placed.structure.recoverable === undefined) return [];
  return [
    row({
      id: `recoverable:${placed.part}`,
      label: `Recoverable ${plural(ELEMENT_NAMES[placed.structure.kind])}`,
      description: 'in unused chunks',
      tooltip: RECOVERABLE,
      icon: 'leftover',
      expandable: true,
      part: placed.part,
    }),
  ];
}

const RECOVERABLE =
  'Left from before the map was cleared, and in freed and leaked chunks. Removed entries are among them, and older copies of entries that are still in the map.';

function recoverableList(snapshot: Snapshot, placed: PlacedStructure, budget: Budget): List {
  const { recoverable } = placed.structure;
  const count = recoverable?.count(budget) ?? 0;
  if (count === 0) {
    const [label, description] =
      budget.cutShort === undefined
        ? ['none', 'the unused chunks hold nothing that can be read']
        : ['not found yet', 'close the row above and open it again to look further'];
    return fixed([row({ id: `noLeftover:${placed.part}`, label, description, icon: 'note' })]);
  }
  return {
    count,
    nouns: plural(ELEMENT_NAMES[placed.structure.kind]),
    rows: ({ from, to }) =>
      (recoverable?.elements(from, to - from, budget) ?? []).map((element) => leftoverRow(snapshot, placed, element, budget)),
  };
}

/** As a row of an element that is in use, but that nothing can be asked about by its number. */
function leftoverRow(snapshot: Snapshot, placed: PlacedStructure, element: Element, budget: Budget): TreeRow {
  const shown = elementRow(snapshot, placed, element, budget);
  const { leftover } = element;
  const node = leftover?.version === undefined ? 'its node is gone' : `node of version ${leftover.version}`;
  const where = leftover === undefined ? '' : `in ${leftover.origin} chunk ${formatAddress(leftover.chunk)}, ${node}`;
  return {
    ...shown,
    id: `leftover:${placed.part}:${element.index}`,
    description: `${shown.description} · ${leftover?.origin ?? ''}`,
    tooltip: `${shown.tooltip}  \n${where}: it may be an older copy of an entry that is still in the map`,
    icon: 'leftover',
    part: placed.part,
    element: undefined,
  };
}

function elementRow(snapshot: Snapshot, placed: PlacedStructure, element: Element, budget: Budget): TreeRow {
  const key = element.key === undefined ? undefined : decoded(snapshot, placed, element, 'key', budget);
  const value =
    placed.structure.kind === 'btreeset' || (element.value ?? element.described) === undefined
      ? undefined
      : decoded(snapshot, placed, element, 'value', budget);
  const run = element.value !== undefined && value !== undefined ? element.value : element.key;
  const start = run?.spans[0]?.start;
  const offset = run === undefined ? undefined : offsetOf(snapshot, run);
  const lines = [
    key === undefined ? '' : `key: ${key.codec}, ${formatCounted(element.key?.size ?? 0, 'byte')}`,
    value === undefined ? '' : `value: ${value.codec}, ${formatCounted(element.value?.size ?? 0, 'byte')}`,
    start === undefined ? '' : `at ${formatAddress(start)} of its memory`,
  ];
  return row({
    id: `element:${placed.part}:${element.index}`,
    label: key?.text ?? element.described?.path ?? `[${formatCount(element.index)}]`,
    description: value?.text ?? '',
    tooltip: lines.filter((line) => line !== '').join('  \n'),
    icon: 'element',
    at: offset === undefined || run === undefined ? undefined : { start: offset, length: Math.max(1, run.spans[0]?.length ?? 1) },
    part: `${placed.part}/entry/${element.index}`,
    address: start === undefined ? undefined : formatAddress(start),
    element: { part: placed.part, index: element.index, text: value?.text ?? key?.text ?? '' },
  });
}

function decoded(snapshot: Snapshot, placed: PlacedStructure, element: Element, role: 'key' | 'value', budget: Budget) {
  const run = role === 'key' ? element.key : element.value;
  const large = run !== undefined && run.size > ROW_BYTES;
  if (large && (element.described === undefined || snapshot.decoding.chosen(placed, role) !== undefined))
    return { text: `${formatBytes(run.size)} of bytes`, codec: 'too large to decode in a row' };
  const bytes = run === undefined || large ? new Uint8Array(0) : readRun(run);
  const { text, codec } = decodeSide(snapshot, placed, element, role, bytes, budget);
  return { text: oneLine(text), codec };
}

function oneLine(text: string): string {
  const flat = text.slice(0, 4 * ROW_TEXT).replace(/\s+/g, ' ');
  if (flat === '') return '""';
  return flat.length > ROW_TEXT ? `${flat.slice(0, ROW_TEXT)}…` : flat;
}
