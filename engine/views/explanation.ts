import type { Budget } from '../core/budget.ts';
import { cut, formatAddress, formatBytes, formatCount, formatCounted, formatCycles, toHex } from '../core/format.ts';
import { byteLength, type Offset, type OffsetRange, PAGE_SIZE } from '../core/memory/memory.ts';
import type { OwnerKind } from '../core/owner-kinds.ts';
import { nameOfPart } from '../core/part-ids.ts';
import { type Described, readStored, type StoredBytes } from '../core/structure.ts';
import { STRUCTURE_NAMES, type StructureKind } from '../core/structure-kinds.ts';
import { cyclesPerYear, describeRate } from '../snapshot/cost.ts';
import type { Role } from '../snapshot/decoding.ts';
import { managerBefore, pieceKind } from '../snapshot/layout/layout.ts';
import { ALLOCATOR_SOURCES } from '../snapshot/motoko/memory-regions.ts';
import type { RegionBlocks } from '../snapshot/motoko/region-blocks.ts';
import { type ImageOwner, ownersOf } from '../snapshot/owners.ts';
import type { PlacedStructure } from '../snapshot/placed.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { describeName, nameOfSpace, numberedName, type Space } from '../snapshot/space.ts';
import { describeUnread } from '../snapshot/structures.ts';
import { fieldNumber } from './bytes/field-number.ts';
import { decodeBeginning, decodeSide } from './entries.ts';
import { ELEMENT_NAMES, INFERRED_LISTS, nameOfFact, nameOfManager, plural, textOfFact } from './names.ts';
import type { ByteRange, Crumb, Explanation, InspectorRow, InspectorSection } from './protocol.ts';

/** Maximum bytes of a value that are decoded, and maximum characters of its text. */
const SHOWN_BYTES = 16_384;
const SHOWN_TEXT = 8_192;

/** Explains one byte for the inspector: its owners, the bytes selected with it, and details of the innermost owners. */
export function explainForPeople(snapshot: Snapshot, offset: Offset, budget: Budget): Explanation {
  const owners = ownersOf(snapshot, offset, budget);
  return {
    offset,
    crumbs: owners.map((owner) => crumb(owner)),
    selection: selectionAt(owners, offset),
    space: placeInSpace(owners),
    sections: sections(snapshot, offset, owners, budget),
  };
}

/** Returns the innermost owner's bytes around the offset; of a key or value in several pieces, the piece with the offset. */
function selectionAt(owners: readonly ImageOwner[], offset: Offset): ByteRange {
  const has = ({ start, length }: OffsetRange): boolean => start <= offset && offset < start + length;
  const last = owners.at(-1);
  const piece = storedPieces(owners).find(({ at }) => has(at))?.at;
  // A value that continues elsewhere has only the bytes of its piece here.
  const isShort = piece !== undefined && last !== undefined && piece.length < last.at.length;
  const extents = [isShort ? piece : last?.at, piece, ...owners.map(({ at }) => at).reverse()];
  const { start, length } = extents.filter((each) => each !== undefined).find(has) ?? { start: offset, length: 1 };
  return { start, length };
}

/** A piece of a key or value in the image. */
export interface StoredPiece {
  readonly role: Role;
  readonly stored: StoredBytes;
  readonly at: OffsetRange;
}

/** Returns the pieces of the key and value of the entry among the owners. */
export function storedPieces(owners: readonly ImageOwner[]): readonly StoredPiece[] {
  const entry = owners.findLast(({ element }) => element !== undefined);
  return (['value', 'key'] as const).flatMap((role) => {
    const stored = entry?.element?.[role];
    const extents = stored?.spans.flatMap(({ start, length }) => entry?.space?.memory.toImage(start, length) ?? []) ?? [];
    return stored === undefined ? [] : extents.map((at) => ({ role, stored, at }));
  });
}

/** Returns the memory or region of the byte, and its address there. */
function placeInSpace(owners: readonly ImageOwner[]): Explanation['space'] {
  const owner = owners.findLast(({ space, part, kind }) => space !== undefined && part === space.part && kind !== 'image');
  if (owner?.space === undefined || owner.address === undefined) return undefined;
  return { part: owner.space.part, name: nameOfSpace(owner.space), address: owner.address };
}

function crumb(owner: ImageOwner): Crumb {
  return {
    label: nameOfOwner(owner),
    kind: owner.kind,
    part: owner.part,
    at: { start: owner.at.start, length: owner.at.length },
  };
}

/** Returns the name of an owner: `bucket 9`, `memory 3`, `BTreeMap`, `node 0x1a0`, `entry 4`, `value`. */
export function nameOfOwner(owner: ImageOwner): string {
  if (owner.kind === 'virtual-memory' || owner.kind === 'region' || owner.kind === 'window') {
    return owner.space === undefined ? owner.kind : nameOfSpace(owner.space);
  }
  if (isStructureKind(owner.kind)) return STRUCTURE_NAMES[owner.kind];
  if (owner.part !== undefined) return nameOfPart(owner.part);
  if (owner.kind === 'field') return owner.name ?? 'field';
  const kind = owner.kind.replaceAll('-', ' ');
  if (owner.name !== undefined) return owner.name.startsWith(kind) ? owner.name : `${kind} ${owner.name}`;
  return owner.address === undefined ? kind : `${kind} ${formatAddress(owner.address)}`;
}

function isStructureKind(kind: OwnerKind): kind is StructureKind {
  return kind in STRUCTURE_NAMES;
}

function sections(
  snapshot: Snapshot,
  offset: Offset,
  owners: readonly ImageOwner[],
  budget: Budget,
): readonly InspectorSection[] {
  const last = owners.at(-1);
  const space = owners.findLast((owner) => owner.space !== undefined)?.space;
  const place = placeInSpace(owners);
  const own: InspectorRow[] = [
    line('offset', formatAddress(offset), formatCount(offset)),
    ...(place === undefined ? [] : [line(`in ${place.name}`, formatAddress(place.address), formatCount(place.address))]),
  ];
  if (last !== undefined) own.push(line('size', formatBytes(last.size), `${formatCount(last.size)} bytes`));
  const unread = snapshot.unread.find((one) => one.space === space);
  if (unread !== undefined) own.push(line('content', unread.isFile ? unread.name : describeUnread(unread), undefined));
  if (snapshot.places.missingIn({ start: offset, length: 1 }) > 0) own.push(line('bytes', 'not downloaded', undefined));

  const result: InspectorSection[] = [section('', own)];
  const placed = space === undefined ? undefined : snapshot.places.structureIn(space);
  const entry = owners.find((owner) => owner.element !== undefined);
  if (placed !== undefined && entry !== undefined) result.push(...elementSections(snapshot, placed, entry, budget));
  else if (last !== undefined && last.kind === 'field') result.push(...fieldSection(snapshot, last));
  else if (last !== undefined && last.kind === 'stable-variable') result.push(...variableSection(snapshot, last));
  if (placed !== undefined) result.push(structureSection(placed));
  if (space?.name !== undefined) result.push(nameSection(snapshot, space));
  const blocks = space === undefined ? undefined : snapshot.motoko.blocksOf(space);
  if (space !== undefined && blocks !== undefined) result.push(allocatorSection(space, blocks));
  else if (placed !== undefined && last?.kind === 'free-block' && INFERRED_LISTS.has(placed.structure.kind)) {
    own.push(line('free list', 'inferred: a gap between blocks that live pointers lead to', undefined));
  }
  if (space !== undefined && space.pieces.length > 0) result.push(slackSection(snapshot, space));
  if (owners.some((owner) => owner.kind === 'manager')) result.push(...managerSection(snapshot, offset));
  return result;
}

function line(label: string, value: string, exact: string | undefined): InspectorRow {
  return { label, value, exact };
}

function section(title: string, rows: readonly InspectorRow[], text?: string): InspectorSection {
  return { title, rows, text };
}

function elementSections(
  snapshot: Snapshot,
  placed: PlacedStructure,
  { element, name }: ImageOwner,
  budget: Budget,
): readonly InspectorSection[] {
  const roles = placed.structure.kind === 'btreeset' ? (['key'] as const) : (['key', 'value'] as const);
  return roles.flatMap((role) => {
    const stored = element?.[role];
    if (stored === undefined) return [];
    const { codec, rows, text } = sideText(snapshot, placed, { stored, described: element?.described }, role, budget);
    return [section(`${role === 'key' ? 'Key' : 'Value'} ${name ?? ''} · ${codec}`, rows, text)];
  });
}

function sideText(
  snapshot: Snapshot,
  placed: PlacedStructure,
  { stored, described }: { readonly stored: StoredBytes; readonly described: Described | undefined },
  role: Role,
  budget: Budget,
) {
  const rows = [line('size', formatBytes(stored.size), `${formatCount(stored.size)} bytes`)];
  const start = stored.spans[0]?.start;
  if (start !== undefined) rows.push(line('address', formatAddress(start), formatCount(start)));
  if (stored.spans.length > 1) rows.push(line('pieces', formatCount(stored.spans.length), undefined));
  if (stored.size > SHOWN_BYTES) {
    const begun = decodeBeginning(snapshot, placed, role, readStored(stored, SHOWN_BYTES), stored.size, budget);
    if (begun === undefined) return { codec: 'bytes', rows, text: `${toHex(readStored(stored, 256))}…` };
    return { codec: begun.codec, rows, text: `${begun.text.slice(0, SHOWN_TEXT)}…` };
  }
  const { text, codec } = decodeSide(snapshot, placed, described && { described }, role, readStored(stored), budget);
  return { codec, rows, text: cut(text, SHOWN_TEXT) };
}

function fieldSection(snapshot: Snapshot, field: ImageOwner): readonly InspectorSection[] {
  const number = fieldNumber(snapshot, field);
  if (number === undefined || field.size > 8) return [];
  return [
    section(`Field ${nameOfOwner(field)}`, [
      line('bytes', toHex(number.bytes), undefined),
      field.name === 'magic'
        ? line('as text', JSON.stringify(String.fromCharCode(...number.bytes)), undefined)
        : line(`as a number, ${number.isBigEndian ? 'big' : 'little'}-endian`, formatCount(number.value), undefined),
    ]),
  ];
}

function variableSection({ motoko: { variables } }: Snapshot, { address }: ImageOwner): readonly InspectorSection[] {
  const variable = variables.find(({ at }) => at !== undefined && at.start === address);
  if (variable === undefined) return [];
  const { name, id, type, text } = variable;
  const rows = [line('hash of its name', String(id), undefined)];
  if (type !== undefined) rows.push(line('type', type, undefined));
  return [section(`Stable variable ${name}`, rows, text)];
}

function structureSection(placed: PlacedStructure): InspectorSection {
  const { structure } = placed;
  const rows: InspectorRow[] = [];
  if (structure.length !== undefined)
    rows.push(line(plural(ELEMENT_NAMES[structure.kind]), formatCount(structure.length), undefined));
  for (const [fact, value] of Object.entries(structure.facts)) {
    rows.push(line(nameOfFact(fact), textOfFact(value), undefined));
  }
  return section(`${STRUCTURE_NAMES[structure.kind]} in ${nameOfSpace(placed.space)}`, rows);
}

/** Shows a space's name with its source, and what the program's source declares. */
function nameSection({ canister }: Snapshot, space: Space): InspectorSection {
  const { declared } = space;
  return section('Names', [
    line(numberedName(space), describeName(space), undefined),
    ...(declared?.type === undefined ? [] : [line('declared as', declared.type, `${declared.type} — from ${declared.from}`)]),
    ...(canister === undefined ? [] : [line('canister', canister, undefined)]),
  ]);
}

/** Shows how many buckets the manager has left: `grow` fails when it has allocated them all. */
function managerSection({ layout }: Snapshot, offset: Offset): readonly InspectorSection[] {
  const manager = managerBefore(layout, offset);
  if (manager === undefined) return [];
  const { version, allocatedBuckets, maxBuckets, freedBuckets, capacityLeft } = manager.view;
  const left = capacityLeft * PAGE_SIZE;
  return [
    section(nameOfManager(version), [
      line('buckets allocated', `${formatCount(allocatedBuckets)} of ${formatCount(maxBuckets)}`, undefined),
      line('freed buckets', formatCount(freedBuckets.length), undefined),
      line('room left', formatBytes(left), `${formatCount(left)} bytes`),
    ]),
  ];
}

function allocatorSection(space: Space, { allocator, free, freeBytes, end }: RegionBlocks): InspectorSection {
  return section(`MemoryRegion in ${nameOfSpace(space)}`, [
    line('free list', `from the ${ALLOCATOR_SOURCES[allocator.source]}, ${allocator.path}`, undefined),
    line('free blocks', formatCount(free.length), undefined),
    line('free', formatBytes(freeBytes), `${formatCount(freeBytes)} bytes`),
    line('allocated', formatBytes(end - freeBytes), `${formatCount(end - freeBytes)} bytes`),
  ]);
}

function slackSection(snapshot: Snapshot, space: Space): InspectorSection {
  const reserved = space.pieces.reduce((sum, piece) => sum + piece.extent.length, 0);
  const slack = Math.max(0, reserved - byteLength(space.memory));
  const cost = cyclesPerYear(slack, snapshot.rate);
  return section(`Slack of ${nameOfSpace(space)}`, [
    line('used', `${formatCount(space.memory.pages)} of ${formatCounted(reserved / PAGE_SIZE, 'page')}`, undefined),
    line(`in ${pieceKind(snapshot.layout)}s`, formatCount(space.pieces.length), undefined),
    line('unused', formatBytes(slack), `${formatCount(slack)} bytes`),
    ...(slack === 0
      ? []
      : [
          line('costs a year', `${formatCycles(cost)} cycles`, `${formatCount(cost)} cycles`),
          line('at', describeRate(snapshot.rate), undefined),
        ]),
  ]);
}
