import type { Budget } from '../../core/budget.ts';
import { at, readBytes } from '../../core/memory/memory.ts';
import type { Element, Recoverable, Residual } from '../../core/structure.ts';
import { FreeList } from './free-list.ts';
import { CHUNK_HEADER_LENGTH, CHUNK_MAGIC, decodeChunk, magicAt } from './layout.ts';
import { FREE, Marks, NODE, OVERFLOW } from './marks.ts';
import { type KeyForm, NODE_MAGIC, NodeReader, OVERFLOW_HEADER_LENGTH, OVERFLOW_MAGIC } from './nodes/node.ts';
import { followOverflow } from './nodes/overflow.ts';
import type { OpenTree } from './open-tree.ts';
import { inferKeyForm } from './scan/key-form.ts';
import { TreeWalk } from './scan/walk.ts';

/** Added to the flags of a walk: an overflow page that belongs to an unreachable node. */
const CLAIMED = 8;
/** Maximum unreachable nodes that are sampled, with the tree's own nodes, to infer the form of keys. */
const SAMPLE = 32;
/** Chunks between two places from which a listing can start. */
const CHUNKS_PER_STOP = 64;

interface Stop {
  readonly chunk: number;
  /** Index of the first entry in this chunk or after it. */
  readonly entry: number;
}

/**
 * Entries that nothing leads to any more, chunk by chunk. `clear_new` and `new` erase nothing, freed nodes keep their bytes until
 * the chunk is used again, and leaked chunks are never used again. The entries include removed ones, and older copies of entries
 * that are still in the tree.
 */
export class RecoverableEntries implements Recoverable {
  readonly #tree: OpenTree;
  readonly #headerLost: boolean;
  readonly #marks = new Marks();
  readonly #walk: TreeWalk;
  readonly #list: FreeList;
  readonly #reader: NodeReader;
  readonly #sample: NodeReader[] = [];
  #form: KeyForm | undefined;
  /** Number of chunks processed: in the first pass to assign overflow pages to nodes, in the second to count entries. */
  #claimed = 0;
  #counted = 0;
  #entries = 0;
  readonly #stops: Stop[] = [];
  /** The highest chunk that the tree or the free list leads to. */
  #end: number | undefined;

  /** `headerLost`: nothing leads to any chunk, and every possible place is checked for a chunk. */
  constructor(tree: OpenTree, headerLost = false) {
    this.#tree = tree;
    this.#headerLost = headerLost;
    if (headerLost) this.#end = tree.grid.capacity - 1;
    this.#walk = new TreeWalk(tree, tree.header.root, tree.form ?? 'variable', { marks: this.#marks, refused: new Set() });
    this.#list = new FreeList(tree, tree.allocator.freeHead, this.#marks);
    this.#reader = new NodeReader(tree);
  }

  count(budget: Budget): number {
    this.#advance(Number.POSITIVE_INFINITY, budget);
    return this.#entries;
  }

  elements(from: number, limit: number, budget: Budget): readonly Element[] {
    const end = from + limit;
    this.#advance(end, budget);
    const stop = this.#stops.findLast(({ entry }) => entry <= from) ?? { chunk: 0, entry: 0 };
    const elements: Element[] = [];
    let entry = stop.entry;
    for (let index = stop.chunk; index < this.#counted && entry < end && budget.spend(this.#tree.grid.stride); index += 1) {
      for (const found of this.#entriesIn(index)) {
        if (entry >= from && entry < end) elements.push({ ...found, index: entry });
        entry += 1;
      }
    }
    return elements;
  }

  keySize(budget: Budget): KeyForm {
    return this.form(budget);
  }

  /** Returns the form of the keys in unreachable nodes. */
  form(budget: Budget): KeyForm {
    this.#claim(budget);
    return this.#form ?? this.#tree.form ?? 'variable';
  }

  #advance(until: number, budget: Budget): void {
    if (!this.#claim(budget)) return;
    while (this.#counted < this.#claimed && this.#entries < until && budget.spend(this.#tree.grid.stride)) {
      if (this.#counted % CHUNKS_PER_STOP === 0) this.#stops.push({ chunk: this.#counted, entry: this.#entries });
      this.#entries += this.#entriesIn(this.#counted).length;
      this.#counted += 1;
    }
  }

  /**
   * Walks the tree and the free list, then assigns overflow pages to unreachable nodes. Returns false if the budget ends first.
   */
  #claim(budget: Budget): boolean {
    if (this.#form !== undefined) return true;
    while (this.#walk.next(budget)) {}
    this.#list.advance(Number.POSITIVE_INFINITY, budget);
    if (budget.cutShort !== undefined) return false;
    const { grid } = this.#tree;
    this.#end ??= Math.max(this.#marks.highest, grid.indexOf(this.#list.chunks.at(-1) ?? 0) ?? -1);
    for (; this.#claimed < grid.capacity; this.#claimed += 1) {
      if (!budget.spend(CHUNK_HEADER_LENGTH)) return false;
      if (this.#isPastAll(this.#claimed)) break;
      if (!this.#load(this.#reader, this.#claimed)) continue;
      for (const page of this.#reader.overflowPages) this.#marks.add(grid.indexOf(page - CHUNK_HEADER_LENGTH) ?? 0, CLAIMED);
      if (this.#sample.length < SAMPLE) this.#sample.push(this.#loaded(this.#claimed));
    }
    this.#form = inferKeyForm([...this.#tree.sample, ...this.#sample], grid.pageSize) ?? this.#tree.form ?? 'variable';
    return true;
  }

  /** Returns whether there are no more chunks: after the highest chunk in use, stale chunks follow each other without a gap. */
  #isPastAll(index: number): boolean {
    if (index <= (this.#end ?? -1)) return false;
    const { grid, memory } = this.#tree;
    return decodeChunk(memory, grid.addressOf(index)).magic !== CHUNK_MAGIC;
  }

  /** Returns the origin of a chunk that nothing leads to; undefined if the chunk is in use, or is not a chunk. */
  #originOf(index: number): Residual['origin'] | undefined {
    const { grid, memory } = this.#tree;
    const marks = this.#marks.get(index);
    if ((marks & (NODE | OVERFLOW)) !== 0 || !grid.holds(grid.addressOf(index))) return undefined;
    const { magic, allocated } = decodeChunk(memory, grid.addressOf(index));
    if (magic !== CHUNK_MAGIC) return undefined;
    if (index > (this.#end ?? -1)) return 'stale';
    if ((marks & FREE) !== 0 || allocated === 0) return 'freed';
    return this.#headerLost || this.#walk.counts.broken > 0 ? 'unreached' : 'leaked';
  }

  /**
   * Loads the unreachable node in chunk `index` into a reader, with its overflow pages as far as they are still there. Returns
   * false if there is no such node.
   */
  #load(reader: NodeReader, index: number): boolean {
    const { grid, memory } = this.#tree;
    if (this.#originOf(index) === undefined) return false;
    reader.load(grid.addressOf(index) + CHUNK_HEADER_LENGTH);
    if (reader.magic !== NODE_MAGIC || !reader.readable) return false;
    const seen = new Set([index]);
    const isIntact = (page: number): boolean => {
      if (seen.has(page) || (this.#marks.get(page) & (NODE | OVERFLOW)) !== 0) return false;
      seen.add(page);
      return magicAt(readBytes(memory, at(grid.addressOf(page), CHUNK_HEADER_LENGTH), 3)) === OVERFLOW_MAGIC;
    };
    followOverflow(this.#tree, reader, isIntact, undefined);
    return true;
  }

  #loaded(index: number): NodeReader {
    const reader = new NodeReader(this.#tree);
    this.#load(reader, index);
    return reader;
  }

  /** Returns the recoverable content of a chunk: the complete entries of a node, or a page of a value whose node is lost. */
  #entriesIn(index: number): readonly Omit<Element, 'index'>[] {
    const origin = this.#originOf(index);
    if (origin === undefined) return [];
    const { grid, memory } = this.#tree;
    const chunk = grid.addressOf(index);
    if (this.#load(this.#reader, index)) {
      const reader = this.#reader;
      reader.decode(this.#form ?? 'variable');
      const residual = { origin, chunk, version: reader.version };
      return Array.from({ length: reader.keys }, (_, entry) => {
        const key = reader.key(entry);
        const value = reader.value(entry);
        return { ...(key && { key }), ...(value && { value }), residual };
      });
    }
    const page = at(chunk, CHUNK_HEADER_LENGTH);
    const isOrphan = magicAt(readBytes(memory, page, 3)) === OVERFLOW_MAGIC && (this.#marks.get(index) & CLAIMED) === 0;
    if (!isOrphan) return [];
    const size = grid.pageSize - OVERFLOW_HEADER_LENGTH;
    const value = { memory, spans: [{ start: at(page, OVERFLOW_HEADER_LENGTH), length: size }], size };
    return [{ value, residual: { origin, chunk, version: undefined } }];
  }
}
