import type { Budget } from '../core/budget.ts';
import {
  type Address,
  type AddressRange,
  at,
  byteLength,
  type Offset,
  type OffsetRange,
  offsetAt,
} from '../core/memory/memory.ts';
import type { OwnerKind } from '../core/owner-kinds.ts';
import type { Owner } from '../core/structure.ts';
import { type Area, areaAt } from './areas.ts';
import { fieldOfManager, pieceKind } from './layout/layout.ts';
import type { PlacedStructure } from './placed.ts';
import type { Snapshot } from './snapshot.ts';
import type { Space } from './space.ts';

/** One owner of a byte of the image. */
export interface ImageOwner {
  readonly kind: OwnerKind;
  /** Its id, where it has one. */
  readonly part: string | undefined;
  /** Name among its siblings: a field's name, an entry's number. */
  readonly name: string | undefined;
  /** For a space: the byte's address in it. For a chunk, node or field: the address in its space where that begins. */
  readonly address: Address | undefined;
  /** The piece of it that has the byte: for a memory or structure, its bytes in the same bucket or block. */
  readonly at: OffsetRange;
  /** Total size in bytes. */
  readonly size: number;
  /** Its spans in its space, where it has several: a field that continues in an overflow page. */
  readonly spans: Owner['spans'];
  readonly space: Space | undefined;
  /** Key and value, where it is an entry. */
  readonly element: Owner['element'];
}

/** Returns the owners of one byte, outermost first: bucket, memory, structure, chunk, node, entry, field. */
export function ownersOf(snapshot: Snapshot, offset: Offset, budget: Budget): readonly ImageOwner[] {
  const chain = presentOwners(snapshot, offset, budget);
  const { residualDump } = snapshot;
  if (residualDump === undefined || !DISUSED.has(chain.at(-1)?.name ?? chain.at(-1)?.kind ?? '')) return chain;
  const owners = residualDump.structure.owners(residualDump.space.memory, at(0, offset), budget);
  return owners.length === 0
    ? chain
    : [
        ...chain,
        structureOwner(residualDump, firstExtent(residualDump.space, at(0, 0), byteLength(residualDump.space.memory))),
        ...owners.map((owner) => structuralOwner({ space: residualDump.space, offset }, owner)),
      ];
}

/** Owner kinds of the areas that are not part of a space. */
const NAMED_AREAS = {
  manager: 'manager',
  reserved: 'reserved',
  unmanaged: 'unmanaged',
  'stable variables': 'stable-variables',
  'upgrade trailer': 'upgrade-trailer',
  zeros: 'zeros',
} as const satisfies Record<Extract<Area, { kind: 'named' }>['name'], OwnerKind>;

/** Innermost owners that have not written to their bytes: these may still have older data. */
const DISUSED: ReadonlySet<string> = new Set(['never written', 'unused', 'slack', 'free', 'unmanaged', 'virtual-memory']);

function presentOwners(snapshot: Snapshot, offset: Offset, budget: Budget): readonly ImageOwner[] {
  const area = areaAt(snapshot.areas, offset);
  if (area === undefined) return [];
  const outer = (kind: OwnerKind, part: string): ImageOwner => imageOwner(kind, area.extent, { part });
  switch (area.kind) {
    case 'named':
      if (area.name === 'manager') return [outer('manager', area.part), ...managerField(snapshot, offset)];
      return [
        imageOwner('image', area.extent, { part: 'image', address: at(0, offset) }),
        imageOwner(NAMED_AREAS[area.name], area.extent, {}),
        ...(area.name === 'stable variables' ? variableAt(snapshot, offset) : []),
      ];
    case 'freed':
      return [outer(pieceKind(snapshot.layout), area.part), imageOwner('free', area.extent, {})];
    case 'piece':
    case 'plain': {
      const outside = area.kind === 'piece' ? [outer(pieceKind(snapshot.layout), area.part)] : [];
      const address = at(area.address, offset - area.extent.start);
      const used = { start: area.extent.start, length: area.used };
      const slack = { start: offsetAt(area.extent.start, area.used), length: area.extent.length - area.used };
      const size = byteLength(area.space.memory);
      const ofSpace = { part: area.space.part, address, space: area.space, size };
      if (offset >= slack.start) return [...outside, imageOwner(area.space.kind, used, ofSpace), imageOwner('slack', slack, {})];
      const place = { space: area.space, offset };
      return [...outside, imageOwner(area.space.kind, used, ofSpace), ...ownersInSpace(snapshot, place, address, used, budget)];
    }
  }
}

function variableAt(snapshot: Snapshot, offset: Offset): readonly ImageOwner[] {
  const found = snapshot.motoko.variables.find(
    ({ at: span }) => span && span.start <= offset && offset < span.start + span.length,
  );
  if (found?.at === undefined) return [];
  const { name, at: span } = found;
  return [imageOwner('stable-variable', { start: offsetAt(0, span.start), length: span.length }, { name, address: span.start })];
}

/** The byte to explain, and its space. */
interface Place {
  readonly space: Space;
  readonly offset: Offset;
}

function ownersInSpace(
  snapshot: Snapshot,
  place: Place,
  address: Address,
  here: OffsetRange,
  budget: Budget,
): readonly ImageOwner[] {
  const { space } = place;
  const placed = snapshot.places.structureIn(space);
  const block = snapshot.motoko.blocksOf(space)?.at(address);
  if (placed === undefined) return block === undefined ? [] : [blockOwner(place, block)];
  const structural = placed.structure.owners(space.memory, address, budget);
  const innermost = structural.at(-1);
  // The allocator knows more about the bytes that the structure does not use.
  if (block !== undefined && innermost !== undefined && isInferred(placed, space, innermost)) {
    const kind = block.kind === 'allocated' ? 'leaked' : block.kind;
    const end = Math.min(block.start + block.length, innermost.address + innermost.length);
    const start = at(0, Math.max(block.start, innermost.address));
    const span = block.kind === 'allocated' ? { start, length: end - start } : block;
    return [structureOwner(placed, here), blockOwner(place, { ...span, kind })];
  }
  return [structureOwner(placed, here), ...structural.map((owner) => structuralOwner(place, owner))];
}

function structuralOwner({ space, offset }: Place, { kind, name, address, length, spans, element }: Owner): ImageOwner {
  const extent = extentWith(space, spans ?? [{ start: address, length }], offset);
  return imageOwner(kind, extent, { name, address, space, spans, element, size: length });
}

/** Returns whether a structure only infers the owner of a byte from its use of the bytes around. */
function isInferred(placed: PlacedStructure, space: Space, { kind }: Owner): boolean {
  const role = placed.structure.roles?.[placed.spaces.indexOf(space)];
  return role !== 'pointers' && (kind === 'free-block' || kind === 'unused');
}

function blockOwner({ space, offset }: Place, { kind, start, length }: AddressRange & { readonly kind: OwnerKind }): ImageOwner {
  return imageOwner(kind, extentWith(space, [{ start, length }], offset), { address: start, space, size: length });
}

/** @param here the part of the structure's memories around the byte */
function structureOwner(placed: PlacedStructure, here: OffsetRange): ImageOwner {
  const size = placed.structure.memories.reduce((sum, memory) => sum + byteLength(memory), 0);
  return imageOwner(placed.structure.kind, here, { part: placed.part, space: placed.space, size });
}

/** Returns the piece of ranges that has the byte at `offset`; the first piece where none has it. */
function extentWith(space: Space, ranges: readonly AddressRange[], offset: Offset): OffsetRange {
  const extents = ranges.flatMap(({ start, length }) => space.memory.toImage(start, Math.max(1, length)));
  const [first = { start: offsetAt(0, 0), length: 0 }] = extents;
  return extents.find((extent) => offset >= extent.start && offset < extent.start + extent.length) ?? first;
}

function firstExtent(space: Space, start: Address, length: number): OffsetRange {
  return space.memory.toImage(start, Math.max(1, length))[0] ?? { start: offsetAt(0, 0), length: 0 };
}

function managerField(snapshot: Snapshot, offset: Offset): readonly ImageOwner[] {
  const field = fieldOfManager(snapshot.layout, offset);
  return field === undefined ? [] : [imageOwner('field', field.extent, { name: field.name, address: at(0, field.extent.start) })];
}

function imageOwner(
  kind: OwnerKind,
  extent: OffsetRange,
  more: {
    part?: string;
    name?: string | undefined;
    address?: Address;
    space?: Space;
    spans?: Owner['spans'];
    element?: Owner['element'];
    size?: number;
  },
): ImageOwner {
  const { part, name, address, space, spans, element, size = extent.length } = more;
  return { kind, part, name, address, at: extent, size, spans, space, element };
}

/** Output of `stable-memory explain --json`, schema `stable-memory/explain/1`. */
export interface ExplainReport {
  readonly schema: 'stable-memory/explain/1';
  readonly offset: number;
  readonly chain: readonly { readonly part?: string; readonly kind: string; readonly name?: string; readonly address?: number }[];
  readonly notDownloaded?: true;
}

export function explainReport(snapshot: Snapshot, offset: Offset, budget: Budget): ExplainReport {
  const missing = snapshot.places.missingIn({ start: offset, length: 1 }) > 0;
  return {
    schema: 'stable-memory/explain/1',
    offset,
    chain: ownersOf(snapshot, offset, budget).map(({ part, kind, name, address }) => ({
      ...(part === undefined ? {} : { part }),
      kind,
      ...(name === undefined ? {} : { name }),
      ...(address === undefined ? {} : { address }),
    })),
    ...(missing ? { notDownloaded: true } : {}),
  };
}
