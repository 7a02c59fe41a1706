import type { Budget } from '../budget.ts';
import {
  type Address,
  at,
  byteLength,
  type Extent,
  type Offset,
  offsetAt,
  type ReadableMemory,
  type Span,
} from '../memory/memory.ts';
import type { Owner } from '../structure.ts';
import { fieldOfManager } from './layout.ts';
import type { PlacedStructure, Snapshot } from './snapshot.ts';
import type { Space } from './space.ts';

/** One owner of a byte of the image. */
export interface Link {
  readonly kind: string;
  /** Its id, where it has one. */
  readonly part: string | undefined;
  /** Which one of its siblings: a field's name, an entry's number. */
  readonly name: string | undefined;
  /** Of a space: where the byte lies in it. Of a chunk, node, field: where that begins, in its space. */
  readonly address: Address | undefined;
  /** The piece of it that has the byte; for structures and spaces their first. */
  readonly at: Extent;
  readonly space: Space | undefined;
  /** Of an entry: its key and value. */
  readonly element: Owner['element'];
}

/** The owners of one byte, outermost first: bucket, memory, structure, chunk, node, entry, field. */
export function ownersOf(snapshot: Snapshot, offset: Offset, budget: Budget): readonly Link[] {
  const chain = presentOwners(snapshot, offset, budget);
  const { remains } = snapshot;
  if (remains === undefined || !DISUSED.has(chain.at(-1)?.name ?? chain.at(-1)?.kind ?? '')) return chain;
  const owners = remains.structure.owners(remains.space.memory, at(0, offset), budget);
  return owners.length === 0
    ? chain
    : [...chain, structureLink(remains), ...owners.map((owner) => ownerLink(remains.space, owner))];
}

/** Innermost owners that have not written to their bytes: what stood there before may be left. */
const DISUSED: ReadonlySet<string> = new Set(['never written', 'unused', 'slack', 'free', 'unmanaged', 'virtual-memory']);

function presentOwners(snapshot: Snapshot, offset: Offset, budget: Budget): readonly Link[] {
  const area = snapshot.areaAt(offset);
  if (area === undefined) return [];
  const outer = (kind: string, part: string): Link => link(kind, area.extent, { part });
  switch (area.kind) {
    case 'named':
      if (area.name === 'manager') return [outer('manager', area.part), ...managerField(snapshot, offset)];
      return [
        link('image', area.extent, { part: 'image', address: at(0, offset) }),
        link(area.name.replace(' ', '-'), area.extent, {}),
        ...(area.name === 'stable variables' ? variableAt(snapshot, offset) : []),
      ];
    case 'freed':
      return [outer(snapshot.pieceKind, area.part), link('free', area.extent, {})];
    case 'piece':
    case 'plain': {
      const outside = area.kind === 'piece' ? [outer(snapshot.pieceKind, area.part)] : [];
      const address = at(area.address, offset - area.extent.start);
      const whole = area.space.memory.toImage(at(0, 0), byteLength(area.space.memory))[0] ?? area.extent;
      const space = link(area.space.kind, whole, { part: area.space.part, address, space: area.space });
      if (offset - area.extent.start >= area.used) {
        const slack = { start: offsetAt(area.extent.start, area.used), length: area.extent.length - area.used };
        return [...outside, space, link('slack', slack, {})];
      }
      return [...outside, space, ...ownersInSpace(snapshot, area.space, address, budget)];
    }
  }
}

function variableAt(snapshot: Snapshot, offset: Offset): readonly Link[] {
  const found = snapshot.variables.find(({ at: span }) => span && span.start <= offset && offset < span.start + span.length);
  if (found?.at === undefined) return [];
  const { name, at: span } = found;
  return [link('stable-variable', { start: offsetAt(0, span.start), length: span.length }, { name, address: span.start })];
}

function ownersInSpace(snapshot: Snapshot, space: Space, address: Address, budget: Budget): readonly Link[] {
  const placed = snapshot.structureIn(space);
  const block = snapshot.blocksOf(space)?.at(address);
  if (placed === undefined) return block === undefined ? [] : [blockLink(space, block)];
  const structural = placed.structure.owners(space.memory, address, budget);
  const innermost = structural.at(-1);
  // The allocator knows of what the structure does not use.
  if (block !== undefined && innermost !== undefined && isInferred(placed, space, innermost)) {
    const kind = block.kind === 'allocated' ? 'leaked' : block.kind;
    const end = Math.min(block.start + block.length, innermost.address + innermost.length);
    const start = at(0, Math.max(block.start, innermost.address));
    const span = block.kind === 'allocated' ? { start, length: end - start } : block;
    return [structureLink(placed), blockLink(space, { ...span, kind })];
  }
  const owners = structural.map((owner) => ownerLink(space, owner));
  return [structureLink(placed), ...owners];
}

function ownerLink(space: Space, { kind, name, address, length, element }: Owner): Link {
  return link(kind, firstExtent(space, address, length), { name, address, space, element });
}

/** Whether what a structure says of a byte only follows from its using the bytes around. */
function isInferred(placed: PlacedStructure, space: Space, { kind }: Owner): boolean {
  const role = placed.structure.roles?.[placed.spaces.indexOf(space)];
  return role !== 'pointers' && (kind === 'free-block' || kind === 'unused');
}

function blockLink(space: Space, { kind, start, length }: Span & { readonly kind: string }): Link {
  return link(kind, firstExtent(space, start, length), { address: start, space });
}

function structureLink(placed: PlacedStructure): Link {
  const { memory } = placed.space;
  return link(placed.structure.kind, firstExtent(placed.space, at(0, 0), byteLength(memory)), {
    part: placed.part,
    space: placed.space,
  });
}

function firstExtent(space: Space, start: Address, length: number): Extent {
  return space.memory.toImage(start, Math.max(1, length))[0] ?? { start: offsetAt(0, 0), length: 0 };
}

function managerField(snapshot: Snapshot, offset: Offset): readonly Link[] {
  const field = fieldOfManager(snapshot.layout, offset);
  return field === undefined ? [] : [link('field', field.extent, { name: field.name, address: at(0, field.extent.start) })];
}

function link(
  kind: string,
  extent: Extent,
  more: { part?: string; name?: string | undefined; address?: Address; space?: Space; element?: Owner['element'] },
): Link {
  return { kind, part: more.part, name: more.name, address: more.address, at: extent, space: more.space, element: more.element };
}

/** `stable-memory explain --json`, schema `stable-memory/explain/1`. */
export interface ExplainReport {
  readonly schema: 'stable-memory/explain/1';
  readonly offset: number;
  readonly chain: readonly { readonly part?: string; readonly kind: string; readonly name?: string; readonly address?: number }[];
  readonly notDownloaded?: true;
}

export function explainReport(snapshot: Snapshot, offset: Offset, budget: Budget): ExplainReport {
  const missing = snapshot.missingIn({ start: offset, length: 1 }) > 0;
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

/** The memory that a link's bytes are read from. */
export function memoryOf(snapshot: Snapshot, owner: Link): ReadableMemory {
  return owner.space?.memory ?? snapshot.memory;
}
