import { formatBytes, formatCount, formatCounted } from '../../../core/format.ts';
import { at } from '../../../core/memory/memory.ts';
import { MIN_WASTE } from '../../waste.ts';
import { CHUNK_HEADER_LENGTH, DEFAULT_PAGE_SIZE, pageSizeFor } from '../layout.ts';
import { CHILDREN_AT, type KeyForm, type NodeReader, OVERFLOW_HEADER_LENGTH } from '../nodes/node.ts';
import type { ReportFinding } from '../nodes/overflow.ts';
import type { OpenTree } from '../open-tree.ts';

/** Minimum entries that prove anything about the entries of a map. */
const MIN_ENTRIES = 100;
/** Part of the bytes that another page size must save, or factor by which it must reduce the pages, to be worth moving a map. */
const MIN_SHARE = 0.25;
const FEWER_PAGES = 1.5;
/** Address of the page size in the header, or of the two bounds that it follows from. */
const PAGE_SIZE_AT = at(0, 4);

/**
 * The lengths of a tree's nodes, as strings of version 2, and what the nodes take in pages of any size. Exact: there are never
 * more different lengths than the square root of twice the bytes of all nodes.
 */
export class NodeLengths {
  readonly #counts = new Map<number, number>();
  nodes = 0;
  entries = 0;
  /** Nodes with at least one overflow page, and all overflow pages. */
  overflowing = 0;
  overflowPages = 0;
  bytes = 0;
  longestKey = 0;
  longestValue = 0;

  /** Adds a node whose keys and values are all decoded. */
  add(reader: NodeReader, form: KeyForm): void {
    let length = reader.internal ? CHILDREN_AT + 8 * (reader.entries + 1) : CHILDREN_AT;
    for (let index = 0; index < reader.entries; index += 1) {
      const key = reader.keyLength[index] ?? 0;
      const value = reader.valueLength[index] ?? 0;
      this.longestKey = Math.max(this.longestKey, key);
      this.longestValue = Math.max(this.longestValue, value);
      length += (form === 'variable' ? 4 : 0) + key + 4 + value;
    }
    this.nodes += 1;
    this.entries += reader.entries;
    this.overflowPages += reader.overflowPages.length;
    if (reader.overflowPages.length > 0) this.overflowing += 1;
    this.bytes += length;
    this.#counts.set(length, (this.#counts.get(length) ?? 0) + 1);
  }

  /** Returns the number of pages of a size that the nodes take. */
  pages(pageSize: number): number {
    let pages = 0;
    for (const [length, nodes] of this.#counts) pages += nodes * pagesFor(length, pageSize);
    return pages;
  }
}

/** Returns the number of pages of a node whose string has `length` bytes. */
function pagesFor(length: number, pageSize: number): number {
  return length <= pageSize ? 1 : 1 + Math.ceil((length - pageSize) / (pageSize - OVERFLOW_HEADER_LENGTH));
}

/** A page size that a new map would have. */
interface PageChoice {
  readonly pageSize: number;
  /** The declarations that lead to it, as the rest of a sentence about these pages. */
  readonly because: string;
}

/**
 * Reports a page size that does not fit the nodes, if one that the library would choose for the same entries takes far less, or
 * less and most nodes no longer need overflow pages. The library has no other choices: the page size follows from the bounds of
 * the key and value types, or is 1,024 without bounds.
 */
export function reportPageFit({ grid, header }: OpenTree, lengths: NodeLengths, report: ReportFinding): void {
  const { nodes, overflowing, overflowPages, longestKey, longestValue } = lengths;
  if (lengths.entries < MIN_ENTRIES) return;
  const taken = (nodes + overflowPages) * grid.stride;
  const choices: readonly PageChoice[] = [
    {
      pageSize: pageSizeFor(longestKey, longestValue),
      because: `for types with bounds as long as its longest key (${formatCounted(longestKey, 'byte')}) and value (${formatCounted(longestValue, 'byte')})`,
    },
    { pageSize: DEFAULT_PAGE_SIZE, because: 'for types without bounds' },
  ];
  const results = choices.map((choice) => {
    const pages = lengths.pages(choice.pageSize);
    return { ...choice, pages, bytes: pages * (choice.pageSize + CHUNK_HEADER_LENGTH) };
  });
  const best = results.reduce((least, one) => (one.bytes < least.bytes ? one : least));
  const saved = taken - best.bytes;
  const needsOverflow = overflowing > nodes / 2;
  const isFarLess = saved >= MIN_WASTE && saved >= taken * MIN_SHARE;
  const isFasterToo = needsOverflow && saved > 0 && taken >= MIN_WASTE && best.pages * FEWER_PAGES <= nodes + overflowPages;
  if (!isFarLess && !isFasterToo) return;
  const fill = Math.round((100 * lengths.bytes) / taken);
  const overflow = needsOverflow ? `, and ${formatCount(overflowing)} of them need overflow pages` : '';
  const message = `${formatCounted(nodes, 'node')} fill ${fill} % of ${formatBytes(taken)} in pages of ${formatCounted(grid.pageSize, 'byte')}${overflow}. In pages of ${formatCounted(best.pageSize, 'byte')}, which a new map has ${best.because}, they take ${formatBytes(best.bytes)} in ${formatCounted(best.pages, 'page')}, ${formatBytes(saved)} less.`;
  report('btree.page-size-unfit', { start: PAGE_SIZE_AT, length: header.bounds ? 8 : 4 }, message, saved);
}
