import { STRUCTURE_NAMES } from '../../core/structure-kinds.ts';
import type { Area } from '../../snapshot/areas.ts';
import { type ImageUsage, tallyImage } from '../../snapshot/image-usage.ts';
import { pieceKind } from '../../snapshot/layout/layout.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { nameOfSpace, type Space } from '../../snapshot/space.ts';
import type { LastWrites } from '../../trace/last-writes.ts';
import { BYTE_USES, type ByteUse, MAX_CELL_PARTS, MAX_CELLS, type MapKind, type MapOwner, type MapResult } from '../protocol.ts';

/** Maximum bytes of the parts, cells and owners of a result. */
const MAX_RESULT_BYTES = 240_000;
/** Bytes of a part: its owner, its use and its size. */
const PART_BYTES = 11;
/** Bytes of a cell: the index of its first part, its index among the faulty ones, and the step of its last write. */
const CELL_BYTES = 12;
/** Bytes of an owner without its names. */
const OWNER_BYTES = 48;

/** Finds the last write to each of `count` cells from the offset `from` on. */
export type FindWrites = (from: number, bytesPerCell: number, count: number) => LastWrites;

/**
 * Computes the cells of the map, starting at `from`: for each cell, the bytes of each owner and use. Without `usage`, the bytes
 * of memories are not counted yet. With `findWrites`, each cell has its last write, too.
 */
export function mapCells(
  snapshot: Snapshot,
  from: number,
  bytesPerCell: number,
  cells: number,
  usage: ImageUsage | undefined,
  findWrites?: FindWrites,
): MapResult {
  const wanted = Math.max(0, Math.min(cells, MAX_CELLS, Math.ceil((snapshot.bytes - from) / bytesPerCell)));
  const parts = new CellParts(snapshot);
  for (let cell = 0; cell < wanted && (cell === 0 || parts.size < MAX_RESULT_BYTES); cell += 1) {
    const start = from + cell * bytesPerCell;
    parts.addCell(start, Math.min(start + bytesPerCell, snapshot.bytes), usage);
  }
  return {
    from,
    bytesPerCell,
    ...parts.result(),
    faults: faultyCells(snapshot, from, bytesPerCell, parts.cells),
    lastWrites: findWrites?.(from, bytesPerCell, parts.cells),
  };
}

interface Part {
  readonly owner: MapOwner;
  readonly use: ByteUse;
  bytes: number;
}

/** Collects the parts of the cells, one cell after the other. */
class CellParts {
  /** Approximate bytes of the result so far. */
  size = 0;
  readonly #snapshot: Snapshot;
  readonly #numbers = new Map<string, number>();
  readonly #owners: MapOwner[] = [];
  readonly #firstPart: number[] = [0];
  readonly #ownerOf: number[] = [];
  readonly #useOf: number[] = [];
  readonly #bytesOf: number[] = [];

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  get cells(): number {
    return this.#firstPart.length - 1;
  }

  addCell(start: number, end: number, usage: ImageUsage | undefined): void {
    const parts = new Map<string, Part>();
    tallyImage(this.#snapshot, usage, start, end, (area, use, bytes) => {
      const owner = ownerOfArea(this.#snapshot, area);
      const key = `${use} ${owner.part}`;
      const part = parts.get(key);
      if (part === undefined) parts.set(key, { owner, use, bytes });
      else part.bytes += bytes;
    });
    for (const part of limitParts([...parts.values()])) this.#add(part);
    this.#firstPart.push(this.#ownerOf.length);
    this.size += CELL_BYTES;
  }

  #add({ owner, use, bytes }: Part): void {
    let number = this.#numbers.get(owner.part);
    if (number === undefined) {
      number = this.#owners.length;
      this.#numbers.set(owner.part, number);
      this.#owners.push(owner);
      this.size += OWNER_BYTES + 2 * (owner.part.length + owner.label.length);
    }
    this.#ownerOf.push(number);
    this.#useOf.push(BYTE_USES.indexOf(use));
    this.#bytesOf.push(bytes);
    this.size += PART_BYTES;
  }

  result(): Pick<MapResult, 'owners' | 'firstPart' | 'ownerOf' | 'useOf' | 'bytesOf'> {
    return {
      owners: this.#owners,
      firstPart: Uint32Array.from(this.#firstPart),
      ownerOf: Uint16Array.from(this.#ownerOf),
      useOf: Uint8Array.from(this.#useOf),
      bytesOf: Float64Array.from(this.#bytesOf),
    };
  }
}

/** The owner of parts that are too small to be shown one by one. */
const OTHERS: MapOwner = { part: 'others', label: 'others', colour: -1, kind: { name: 'others', colour: -1 } };

/** Keeps the largest parts of a cell, and adds up the others by their use. */
function limitParts(parts: readonly Part[]): readonly Part[] {
  if (parts.length <= MAX_CELL_PARTS) return parts;
  const kept = new Set([...parts].sort((a, b) => b.bytes - a.bytes).slice(0, MAX_CELL_PARTS - BYTE_USES.length));
  const others = new Map<ByteUse, Part>();
  for (const { use, bytes } of parts.filter((part) => !kept.has(part))) {
    const sum = others.get(use);
    if (sum === undefined) others.set(use, { owner: OTHERS, use, bytes });
    else sum.bytes += bytes;
  }
  return [...parts.filter((part) => kept.has(part)), ...others.values()];
}

/** The colours, kinds and names of a snapshot's spaces, as far as they were needed. */
interface Known {
  readonly colours: ReadonlyMap<string, number>;
  readonly kinds: ReadonlyMap<string, MapKind>;
  readonly owners: Map<string, MapOwner>;
}

const known = new WeakMap<Snapshot, Known>();

function knownOf(snapshot: Snapshot): Known {
  const before = known.get(snapshot);
  if (before !== undefined) return before;
  const kinds = new Map<string, MapKind>();
  for (const space of snapshot.spaces) {
    const name = kindOfSpace(snapshot, space);
    if (!kinds.has(name)) kinds.set(name, { name, colour: kinds.size });
  }
  const made = { colours: new Map(snapshot.spaces.map(({ part }, index) => [part, index])), kinds, owners: new Map() };
  known.set(snapshot, made);
  return made;
}

function ownerOfArea(snapshot: Snapshot, area: Area): MapOwner {
  switch (area.kind) {
    case 'named':
      return { part: area.name, label: area.name, colour: -1, kind: { name: area.name, colour: -1 } };
    case 'freed':
      return { part: 'freed', label: `freed ${pieceKind(snapshot.layout)}s`, colour: -1, kind: { name: 'free', colour: -1 } };
    case 'plain':
    case 'piece':
      return ownerOfSpace(snapshot, area.space);
  }
}

/** Returns a space as an owner. Its colour is its index among all spaces, so that it is the same in every part of the map. */
function ownerOfSpace(snapshot: Snapshot, space: Space): MapOwner {
  const { colours, kinds, owners } = knownOf(snapshot);
  const before = owners.get(space.part);
  if (before !== undefined) return before;
  const colour = colours.get(space.part) ?? snapshot.spaces.length;
  const name = kindOfSpace(snapshot, space);
  const label = [nameOfSpace(space), contentOf(snapshot, space)].filter((word) => word !== undefined).join(' ');
  const owner = { part: space.part, label, colour, kind: kinds.get(name) ?? { name, colour: -1 } };
  owners.set(space.part, owner);
  return owner;
}

/** Returns the name of what is in a space: of its structure, or of its file. */
function contentOf(snapshot: Snapshot, space: Space): string | undefined {
  const placed = snapshot.places.structureIn(space);
  if (placed !== undefined) return STRUCTURE_NAMES[placed.structure.kind];
  return snapshot.unread.find((unread) => unread.isFile && unread.space === space)?.name.replace(/:.*$/, '');
}

/** Returns the kind of a space: that of its structure or file, else the library that allocates in it. */
function kindOfSpace(snapshot: Snapshot, space: Space): string {
  const structure = snapshot.places.structureIn(space)?.structure;
  if (structure !== undefined) return STRUCTURE_NAMES[structure.kind];
  const unread = snapshot.unread.find((each) => each.space === space);
  if (unread !== undefined) return unread.kind;
  const isAllocated = space.kind === 'region' && snapshot.motoko.blocksOf(space) !== undefined;
  return isAllocated ? 'MemoryRegion' : 'no structure';
}

function faultyCells(snapshot: Snapshot, from: number, bytesPerCell: number, count: number): Uint32Array {
  const cells = new Set<number>();
  for (const finding of snapshot.openingFindings) {
    if (finding.severity === 'information') continue;
    const first = Math.floor((finding.at.start - from) / bytesPerCell);
    const last = Math.floor((finding.at.start + Math.max(1, finding.at.length) - 1 - from) / bytesPerCell);
    for (let cell = Math.max(0, first); cell <= Math.min(last, count - 1); cell++) cells.add(cell);
  }
  return Uint32Array.from(cells).sort();
}
