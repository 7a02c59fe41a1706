import { expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import type { Finding } from '../../../engine/core/findings.ts';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { at, readBytes } from '../../../engine/core/memory/memory.ts';
import { inspectManager } from '../../../engine/rust/memory-manager/inspect.ts';
import { MemoryManager } from '../../../engine/rust/memory-manager/operate.ts';
import { openStructures } from '../../../engine/rust/open.ts';
import { imageBytes } from '../../fixtures.ts';

/**
 * `corrupt-base`, with these memories: 0 map, 1 Vec<u64>, 2 cell, 3 and 4 log, 5 heap of u32, 6 map with overflow pages, 7 Vec of
 * up to 52 bytes.
 */
const BASE = imageBytes('corrupt-base');

interface Damage {
  readonly memory: number;
  readonly start: number;
  readonly bytes: readonly number[];
}

function findingsAfter({ memory, start, bytes }: Damage): readonly Finding[] {
  const image = BytesMemory.of(BASE);
  MemoryManager.init(image).get(memory).write(at(0, start), Uint8Array.from(bytes));
  const findings: Finding[] = [];
  const report = (finding: Finding): unknown => findings.push(finding);
  const memories = inspectManager(image, report)?.memories ?? [];
  for (const structure of openStructures(memories, report)) structure.scan(report, new Budget());
  return findings;
}

/** Little-endian, eight bytes. */
function word(value: number): readonly number[] {
  return [...new Uint8Array(BigUint64Array.of(BigInt(value)).buffer)];
}

const ROOT = 134_276;
const LEAF = 143_636;
const FREE = 102_020;
/** The root's second child, to which its first pointer is redirected. */
const SIBLING = [...readBytes(MemoryManager.init(BytesMemory.of(BASE)).get(0), at(0, ROOT + 23), 8)];
/** In memory 6: the second of a node's overflow pages, and the chunk of the first free page. */
const OVERFLOW = 13_636;

test.each<[string, Damage, string]>([
  ['the map’s magic, completely', { memory: 0, start: 0, bytes: [0, 0, 0] }, 'btree.bad-magic'],
  ['the map’s page size', { memory: 0, start: 4, bytes: [0, 8] }, 'btree.page-size'],
  ['the mark of a page size', { memory: 0, start: 8, bytes: [1, 0, 0, 0] }, 'btree.page-size'],
  ['the root pointer, outwards', { memory: 0, start: 12, bytes: word(2 ** 40) }, 'btree.address-outside'],
  ['the root pointer, to none', { memory: 0, start: 12, bytes: word(0) }, 'btree.length'],
  ['the root pointer, to a leaf', { memory: 0, start: 12, bytes: word(LEAF) }, 'btree.length'],
  ['the length, downwards', { memory: 0, start: 20, bytes: word(3) }, 'btree.length'],
  ['the allocator’s version', { memory: 0, start: 55, bytes: [7] }, 'alloc.bad-version'],
  ['the allocator’s page size', { memory: 0, start: 60, bytes: word(999) }, 'btree.page-size'],
  ['the allocator’s count', { memory: 0, start: 68, bytes: word(80) }, 'alloc.count'],
  ['the head of the free list, outwards', { memory: 0, start: 76, bytes: word(2 ** 50) }, 'alloc.address-outside'],
  ['the head of the free list, between chunks', { memory: 0, start: 76, bytes: word(FREE + 8) }, 'alloc.address-outside'],
  ['the head of the free list, to none', { memory: 0, start: 76, bytes: word(0) }, 'alloc.address-outside'],
  ['a free chunk’s magic', { memory: 0, start: FREE, bytes: [0] }, 'alloc.chunk-bad-magic'],
  ['a free chunk’s flag', { memory: 0, start: FREE + 4, bytes: [1] }, 'alloc.free-list-has-live-chunk'],
  ['a free chunk’s pointer, to itself', { memory: 0, start: FREE + 8, bytes: word(FREE) }, 'alloc.free-list-cycle'],
  ['a free chunk’s pointer, to none', { memory: 0, start: FREE + 8, bytes: word(0) }, 'alloc.tail-not-last'],
  ['a live chunk’s magic', { memory: 0, start: LEAF - 16, bytes: [0, 0, 0] }, 'alloc.chunk-bad-magic'],
  ['a leaf’s magic, completely', { memory: 0, start: LEAF, bytes: [0, 0, 0] }, 'btree.node-bad-magic'],
  ['a leaf’s version', { memory: 0, start: LEAF + 3, bytes: [1] }, 'btree.node-bad-version'],
  ['a leaf’s type', { memory: 0, start: LEAF + 4, bytes: [7] }, 'btree.node-bad-type'],
  ['a leaf’s number of entries, to none', { memory: 0, start: LEAF + 5, bytes: [0, 0] }, 'btree.node-count'],
  ['a leaf’s number of entries, to a few', { memory: 0, start: LEAF + 5, bytes: [3, 0] }, 'btree.node-count'],
  ['a node’s overflow pointer, outwards', { memory: 0, start: LEAF + 7, bytes: word(2 ** 41) }, 'btree.address-outside'],
  ['a node’s overflow pointer, to a node', { memory: 0, start: ROOT + 7, bytes: word(LEAF) }, 'btree.node-reached-twice'],
  ['a child pointer, to a sibling', { memory: 0, start: ROOT + 15, bytes: SIBLING }, 'btree.node-reached-twice'],
  ['a key, upwards', { memory: 0, start: LEAF + 15 + 8, bytes: [0xff] }, 'btree.keys-unsorted'],
  ['a key, downwards', { memory: 0, start: LEAF + 15 + 8 + 6, bytes: [0, 0] }, 'btree.keys-unsorted'],
  ['a node’s last key but one, upwards', { memory: 0, start: LEAF + 15 + 64, bytes: [1] }, 'btree.keys-unsorted'],
  ['a value’s size, by a little', { memory: 0, start: LEAF + 95, bytes: [8] }, 'btree.value-outside-node'],
  ['the last overflow page’s pointer', { memory: 6, start: OVERFLOW + 3, bytes: word(0) }, 'btree.overflow-short'],
  ['an overflow page’s pointer, outwards', { memory: 6, start: OVERFLOW + 3, bytes: word(2 ** 33) }, 'btree.address-outside'],
  [
    'an overflow page’s pointer, between chunks',
    { memory: 6, start: OVERFLOW + 3, bytes: word(OVERFLOW + 1) },
    'btree.not-a-chunk',
  ],
  ['the Vec’s magic', { memory: 1, start: 0, bytes: [0x54] }, 'vec.bad-magic'],
  ['the Vec’s version', { memory: 1, start: 3, bytes: [2] }, 'vec.bad-version'],
  ['the Vec’s length, to the utmost', { memory: 1, start: 4, bytes: word(2 ** 52) }, 'vec.len-outside'],
  ['the Vec’s item size, downwards', { memory: 1, start: 12, bytes: [4] }, 'vec.element-type'],
  ['the Vec’s item size, to none', { memory: 1, start: 12, bytes: [0] }, 'vec.element-type'],
  ['the Vec’s flag for one size', { memory: 1, start: 16, bytes: [0] }, 'vec.element-type'],
  ['the Vec’s flag for one size, to nonsense', { memory: 1, start: 16, bytes: [9] }, 'vec.element-type'],
  ['the other Vec’s item size', { memory: 7, start: 12, bytes: [20] }, 'vec.element-type'],
  ['the other Vec’s flag for one size', { memory: 7, start: 16, bytes: [1] }, 'vec.element-type'],
  ['an item’s size', { memory: 7, start: 64 + 53 * 3, bytes: [60] }, 'vec.entry-size'],
  ['the cell’s version', { memory: 2, start: 3, bytes: [4] }, 'cell.bad-version'],
  ['the cell’s length', { memory: 2, start: 4, bytes: [0, 0, 1, 0] }, 'cell.len-outside'],
  ['the log’s count, to the utmost', { memory: 3, start: 32, bytes: word(2 ** 53) }, 'log.count-outside'],
  ['an end in the log’s index, upwards', { memory: 3, start: 40 + 8 * 20, bytes: word(60_000) }, 'log.index-order'],
  ['an end in the log’s index, downwards', { memory: 3, start: 40 + 8 * 20, bytes: word(0) }, 'log.index-order'],
  ['the last end in the log’s index', { memory: 3, start: 40 + 8 * 86, bytes: word(2 ** 30) }, 'log.data-outside'],
  ['the log’s index version', { memory: 3, start: 3, bytes: [3] }, 'log.bad-version'],
  ['the log’s data version', { memory: 4, start: 3, bytes: [3] }, 'log.bad-version'],
  ['the log’s data magic, completely', { memory: 4, start: 0, bytes: [0, 0, 0] }, 'log.data-bad-magic'],
  ['the heap’s magic', { memory: 5, start: 2, bytes: [0x4a] }, 'heap.bad-magic'],
  ['the heap’s version', { memory: 5, start: 3, bytes: [2] }, 'heap.bad-version'],
  ['the heap’s first item', { memory: 5, start: 64, bytes: [0x7f] }, 'heap.order-doubtful'],
  ['a heap’s leaf', { memory: 5, start: 64 + 4 * 200, bytes: [0, 0, 0, 0] }, 'heap.order'],
])('damage to %s is reported, with a span that contains it', (_, damage, code) => {
  const findings = findingsAfter(damage);
  const reported = findings.filter(
    (finding) => finding.code === code && 'id' in finding.memory && finding.memory.id === damage.memory,
  );
  expect(findings.map((finding) => finding.code)).toContain(code);
  const within = reported.some(({ at }) => at.start <= damage.start && damage.start < at.start + at.length);
  expect({ within, spans: reported.map(({ at }) => at) }).toMatchObject({ within: true });
});
