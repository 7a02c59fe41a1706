import type { Budget } from '../../core/budget.ts';
import { type Address, at, byteLength } from '../../core/memory/memory.ts';
import type { StructuralOwnerKind } from '../../core/owner-kinds.ts';
import type { Owner } from '../../core/structure.ts';
import {
  ALLOCATOR_AT,
  ALLOCATOR_LENGTH,
  CHUNK_HEADER_LENGTH,
  CHUNK_MAGIC,
  CHUNKS_AT,
  decodeChunk,
  HEADER_LENGTH,
} from './layout.ts';
import { Marks } from './marks.ts';
import { type KeyForm, NODE_MAGIC, NodeReader, OVERFLOW_HEADER_LENGTH, OVERFLOW_MAGIC } from './nodes/node.ts';
import { followOverflow } from './nodes/overflow.ts';
import type { OpenTree } from './open-tree.ts';
import { TreeWalk } from './scan/walk.ts';

/** Name, offset and length of each field. */
type Fields = readonly (readonly [name: string, start: number, length: number])[];

const HEADER_V1: Fields = [
  ['magic', 0, 3],
  ['version', 3, 1],
  ['greatest key size', 4, 4],
  ['greatest value size', 8, 4],
  ['root', 12, 8],
  ['length', 20, 8],
  ['unused', 28, 24],
];
const HEADER_V2: Fields = [
  ['magic', 0, 3],
  ['version', 3, 1],
  ['page size', 4, 4],
  ['page size marker', 8, 4],
  ...HEADER_V1.slice(4),
];
const ALLOCATOR: Fields = [
  ['magic', 0, 3],
  ['version', 3, 1],
  ['padding', 4, 4],
  ['page size', 8, 8],
  ['allocated chunks', 16, 8],
  ['free list head', 24, 8],
  ['unused', 32, 16],
];
const CHUNK: Fields = [
  ['magic', 0, 3],
  ['version', 3, 1],
  ['allocated', 4, 1],
  ['padding', 5, 3],
  ['next', 8, 8],
];
const NODE: Fields = [
  ['magic', 0, 3],
  ['version', 3, 1],
  ['type', 4, 1],
  ['entries', 5, 2],
];
const OVERFLOW_PAGE: Fields = [
  ['magic', 0, 3],
  ['next', 3, 8],
];

/** Finds the owners of a byte of a tree. */
export class TreeOwners {
  readonly #tree: OpenTree;
  /** The node whose string continues in an overflow page, by the page. Built by one walk when it is first needed. */
  #nodeOf: Map<number, number> | undefined;

  constructor(tree: OpenTree) {
    this.#tree = tree;
  }

  /**
   * Returns the owners, outermost first. Bytes after `tail`, the highest chunk if it is known, were never used or are no longer
   * used. `staleForm` returns the form of the keys in stale nodes there.
   */
  of(address: Address, tail: number | undefined, staleForm: () => KeyForm, budget: Budget): readonly Owner[] {
    const { grid, header, memory } = this.#tree;
    if (address < ALLOCATOR_AT)
      return [owner('header', 0, HEADER_LENGTH), ...field(header.bounds ? HEADER_V1 : HEADER_V2, 0, address)];
    if (address < CHUNKS_AT)
      return [owner('allocator', ALLOCATOR_AT, ALLOCATOR_LENGTH), ...field(ALLOCATOR, ALLOCATOR_AT, address)];
    const chunk = grid.addressOf(Math.floor((address - CHUNKS_AT) / grid.stride));
    const length = Math.min(grid.stride, byteLength(memory) - chunk);
    const readable = length >= CHUNK_HEADER_LENGTH ? decodeChunk(memory, chunk) : undefined;
    if (readable?.magic !== CHUNK_MAGIC || (tail !== undefined && chunk > tail)) {
      const start = tail === undefined ? chunk : Math.min(chunk, tail + grid.stride);
      const unused = owner('unused', start, byteLength(memory) - start);
      if (readable?.magic !== CHUNK_MAGIC) return [unused];
      return [unused, ...this.#inChunk(owner('stale-chunk', chunk, length), address, staleForm(), budget)];
    }
    const inChunk = owner('chunk', chunk, length);
    const page = at(chunk, CHUNK_HEADER_LENGTH);
    if (readable.allocated === 0 && address >= page) return [inChunk, owner('free-chunk', page, length - CHUNK_HEADER_LENGTH)];
    return this.#inChunk(inChunk, address, this.#tree.form ?? 'variable', budget);
  }

  #inChunk(chunk: Owner, address: Address, form: KeyForm, budget: Budget): readonly Owner[] {
    const page = at(chunk.address, CHUNK_HEADER_LENGTH);
    if (address < page) return [chunk, ...field(CHUNK, chunk.address, address)];
    return [chunk, ...this.#inPage(page, address, form, budget)];
  }

  /** Returns the owners inside the page of an allocated chunk. */
  #inPage(page: Address, address: Address, form: KeyForm, budget: Budget): readonly Owner[] {
    const { grid } = this.#tree;
    if (!grid.holds(page - CHUNK_HEADER_LENGTH)) return [];
    const reader = new NodeReader(this.#tree);
    reader.load(page);
    if (reader.magic === NODE_MAGIC) {
      const node = owner('node', page, grid.pageSize);
      return [node, ...(reader.readable ? this.#inString(reader, address - page, form) : field(NODE, page, address))];
    }
    if (reader.magic !== OVERFLOW_MAGIC) return [];
    const overflow = owner('overflow-page', page, grid.pageSize);
    if (address < page + OVERFLOW_HEADER_LENGTH) return [overflow, ...field(OVERFLOW_PAGE, page, address)];
    const node = this.#findNode(page, budget);
    if (node === undefined) return [overflow];
    reader.load(node);
    this.#follow(reader);
    const index = reader.overflowPages.indexOf(page);
    const position = grid.pageSize + index * (grid.pageSize - OVERFLOW_HEADER_LENGTH) + (address - page - OVERFLOW_HEADER_LENGTH);
    return [overflow, owner('node', node, grid.pageSize), ...this.#inString(reader, position, form)];
  }

  /** Returns the owners of a byte of a node's string. */
  #inString(reader: NodeReader, position: number, form: KeyForm): readonly Owner[] {
    if (reader.overflowPages.length === 0) this.#follow(reader);
    reader.decode(form);
    if (position < 7) return field(NODE, reader.address, reader.address + position);
    const named = (name: string, start: number, length: number): Owner => stringOwner(reader, 'field', start, length, name);
    if (reader.version !== 1 && position < 15) return [named('overflow', 7, 8)];
    const children = reader.internal ? reader.entries + 1 : 0;
    for (let index = 0; index < children; index += 1) {
      const start = reader.childAt(index);
      if (position >= start && position < start + 8) return [named(`child ${index}`, start, 8)];
    }
    for (let index = 0; index < reader.keys; index += 1) {
      const start = reader.keyStart[index] ?? 0;
      const length = reader.keyLength[index] ?? 0;
      const before = reader.version === 1 || form === 'variable' ? 4 : 0;
      if (position < start - before || position >= start + length) continue;
      const entry = entryOwner(reader, index, start - before, before + length);
      return [entry, position < start ? named(`key ${index} length`, start - 4, 4) : named(`key ${index}`, start, length)];
    }
    for (let index = 0; index < reader.values; index += 1) {
      const start = reader.valueStart[index] ?? 0;
      const length = reader.valueLength[index] ?? 0;
      if (position < start - 4 || position >= start + length) continue;
      const entry = entryOwner(reader, index, start - 4, 4 + length);
      return [entry, position < start ? named(`value ${index} length`, start - 4, 4) : named(`value ${index}`, start, length)];
    }
    return reader.end > 0 && position >= reader.end ? [named('unused', reader.end, reader.capacity - reader.end)] : [];
  }

  #follow(reader: NodeReader): void {
    const seen = new Set<number>();
    followOverflow(this.#tree, reader, (index) => !seen.has(index) && seen.add(index).size > 0, undefined);
  }

  #findNode(page: number, budget: Budget): number | undefined {
    if (!this.#nodeOf) {
      const nodeOf = new Map<number, number>();
      const form = this.#tree.form ?? 'variable';
      const walk = new TreeWalk(this.#tree, this.#tree.header.root, form, { marks: new Marks(), refused: new Set() });
      while (walk.next(budget)) for (const one of walk.reader.overflowPages) nodeOf.set(one, walk.reader.address);
      if (budget.cutShort !== undefined) return nodeOf.get(page);
      this.#nodeOf = nodeOf;
    }
    return this.#nodeOf.get(page);
  }
}

/** Returns an owner of a piece of a node's string, which may continue in overflow pages. */
function stringOwner(reader: NodeReader, kind: StructuralOwnerKind, start: number, length: number, name: string): Owner {
  const spans = reader.spansOf(start, length);
  return { ...owner(kind, reader.addressOf(start), length, name), ...(spans.length > 1 && { spans }) };
}

/** Returns the owner for an entry, whose piece of the string starts at `start`. */
function entryOwner(reader: NodeReader, index: number, start: number, length: number): Owner {
  const key = reader.key(index);
  const value = reader.value(index);
  const element = { ...(key && { key }), ...(value && { value }) };
  return { ...stringOwner(reader, 'entry', start, length, String(index)), element };
}

function owner(kind: StructuralOwnerKind, address: number, length: number, name?: string): Owner {
  return { kind, address: at(0, address), length, ...(name !== undefined && { name }) };
}

function field(fields: Fields, base: number, address: number): readonly Owner[] {
  const found = fields.find(([, start, length]) => address >= base + start && address < base + start + length);
  return found ? [owner('field', base + found[1], found[2], found[0])] : [];
}
