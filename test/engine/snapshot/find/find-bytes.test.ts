import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { at, byteLength, PAGE_SIZE, readBytes } from '../../../../engine/core/memory/memory.ts';
import { OverlayMemory } from '../../../../engine/core/memory/overlay.ts';
import { nodeByteSearch } from '../../../../engine/node/byte-search.ts';
import { MemoryManager } from '../../../../engine/rust/memory-manager/operate.ts';
import type { Snapshot } from '../../../../engine/snapshot/snapshot.ts';
import { findLines, withinPart } from '../../../../engine/views/find/find.ts';
import type { FindLine, SearchKind } from '../../../../engine/views/find/find-kinds.ts';
import { openedBytes } from '../opened.ts';

/** Two memories that grow in turns, by a bucket of one page each: memory 0 has buckets 0, 2 and 4, memory 1 has 1, 3 and 5. */
function managed(write: (manager: MemoryManager) => void): Snapshot {
  const memory = new OverlayMemory();
  const manager = MemoryManager.init(memory, 1);
  for (let turn = 0; turn < 3; turn++) for (const id of [0, 1]) manager.grow(id, 1);
  write(manager);
  return openedBytes(readBytes(memory, at(0, 0), byteLength(memory)));
}

function put(manager: MemoryManager, id: number, address: number, bytes: Uint8Array | string): void {
  manager.get(id).write(at(0, address), typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes);
}

function found(snapshot: Snapshot, pattern: string, kind: SearchKind, part?: string): readonly FindLine[] {
  const within = withinPart(snapshot, part);
  if (typeof within === 'string') throw new Error(within);
  const lines = findLines(snapshot, pattern, kind, within, nodeByteSearch, new Budget());
  if (typeof lines === 'string') throw new Error(lines);
  return [...lines].flatMap((line) => (typeof line === 'number' || 'incomplete' in line ? [] : [line]));
}

const bucket = (index: number): number => (1 + index) * PAGE_SIZE;

describe('where bytes are found', () => {
  test('across two buckets of a memory that are apart in the image', () => {
    const snapshot = managed((manager) => put(manager, 0, PAGE_SIZE - 3, 'needle'));
    expect(found(snapshot, 'needle', 'text')).toEqual([
      { offset: bucket(0) + PAGE_SIZE - 3, length: 6, part: 'memory/0', address: PAGE_SIZE - 3, state: 'live', text: 'needle' },
    ]);
  });

  test('not across two buckets that are neighbours in the image alone', () => {
    const snapshot = managed((manager) => {
      put(manager, 0, PAGE_SIZE - 3, 'nee');
      put(manager, 1, 0, 'dle');
    });
    expect(found(snapshot, 'needle', 'text')).toEqual([]);
    expect(found(snapshot, 'nee', 'text')).toHaveLength(1);
  });

  test('in the order of the image, without overlaps, and in one part if asked', () => {
    const snapshot = managed((manager) => {
      put(manager, 1, 2 * PAGE_SIZE, 'aaaa');
      put(manager, 0, 2 * PAGE_SIZE + 7, 'aaa');
      put(manager, 1, 5, 'aa');
    });
    expect(found(snapshot, 'aa', 'text').map(({ offset }) => offset)).toEqual([
      bucket(1) + 5,
      bucket(4) + 7,
      bucket(5),
      bucket(5) + 2,
    ]);
    expect(found(snapshot, 'aa', 'text', 'memory/0').map(({ address }) => address)).toEqual([2 * PAGE_SIZE + 7]);
    expect(found(snapshot, 'aa', 'text', 'bucket/5')).toHaveLength(2);
    expect(withinPart(snapshot, 'memory/9')).toMatch(/^There is no part "memory\/9"\. The parts are: memory\/0, memory\/1/);
  });

  test('across the windows that are read, with the text around', () => {
    const window = 4 * 1024 * 1024;
    const bytes = new Uint8Array(window + 2 * PAGE_SIZE);
    bytes.set(new TextEncoder().encode('before needle after'), window - 10);
    const snapshot = openedBytes(bytes);
    expect(found(snapshot, 'needle', 'text').map(({ offset, text }) => [offset, text])).toEqual([
      [window - 3, 'before needle after'],
    ]);
    expect(found(snapshot, 'before', 'text').map(({ text }) => text)).toEqual(['before needle after']);
  });

  test('in a freed bucket and in the slack of a bucket', () => {
    const memory = new OverlayMemory();
    const manager = MemoryManager.init(memory, 2, 'lowest-first');
    manager.grow(0, 1);
    manager.grow(1, 1);
    put(manager, 1, 100, 'needle');
    memory.write(at(0, PAGE_SIZE + PAGE_SIZE + 50), new TextEncoder().encode('needle'));
    manager.reclaim(1);
    const snapshot = openedBytes(readBytes(memory, at(0, 0), byteLength(memory)));
    expect(found(snapshot, 'needle', 'text').map(({ offset, state }) => [offset, state])).toEqual([
      [2 * PAGE_SIZE + 50, 'residual'],
      [3 * PAGE_SIZE + 100, 'free'],
    ]);
  });
});

describe('what is found', () => {
  const snapshot = managed((manager) => {
    put(manager, 0, 0x100, Uint8Array.of(0, 0, 0, 0x12, 0x34, 0, 0, 0, 0, 0, 0, 0));
    put(manager, 0, 0x1fe, Uint8Array.of(1, 0, 0, 1, 0, 0, 0, 0, 0, 0x12, 0x34, 1));
    put(manager, 0, 0x300, Uint8Array.of(1, 0xb4, 0x24, 1));
    put(manager, 0, 0x400, Uint8Array.of(1, 0xfe, 0xff, 0xff, 0xff, 1));
    put(manager, 0, 0x500, 'smile \u{1f600} there\n');
    put(manager, 0, 0x600, Uint8Array.of(0xca, 0xfe, 0x01, 0xba, 0xbe, 0xca, 0xfe, 0x02, 0xba, 0xbf));
    put(manager, 0, 0x700, Uint8Array.of(0, 0, 0, 0, 1, 0x20, 0, 0x7b, 1, 1));
  });
  const places = (pattern: string, kind: SearchKind) =>
    found(snapshot, pattern, kind).map(({ address, text }) => [address, text]);

  test('an integer in every width and order', () => {
    expect(places('0x1234', 'int')).toEqual([
      [0x0fd, 'u64 BE'],
      [0x205, 'u32 BE'],
      [0x301, 'LEB128'],
    ]);
    expect(places('0x3412', 'int')).toEqual([
      [0x103, 'u64 LE'],
      [0x207, 'u16 LE'],
    ]);
    expect(places('-2', 'int')).toContainEqual([0x401, 'i32 LE']);
  });

  test('text with what is around it', () => {
    expect(places('\u{1f600}', 'text')).toEqual([[0x506, 'smile \u{1f600} there']]);
  });

  test('hex, in which some bytes may be any', () => {
    expect(places('cafe ?? babe', 'hex')).toEqual([[0x600, 'cafe01babe']]);
    expect(places('0xCAFE??BA', 'hex')).toHaveLength(2);
  });

  test('a principal', () => {
    expect(found(snapshot, 'aaaaa-aa', 'text')).toEqual([]);
    expect(places('ryjl3-tyaaa-aaaaa-aaaba-cai', 'principal')).toEqual([]);
  });

  test.each([
    ['', 'text', /empty/],
    ['cafe?', 'hex', /two digits for each byte/],
    ['?? ??', 'hex', /everywhere/],
    ['12.5', 'int', /not a whole number/],
    ['0x1ffffffffffffffffffffffffffffffff', 'int', /more than 16 bytes/],
    ['ryjl3-tyaaa-aaaaa-aaaba-caj', 'principal', /not a principal/],
    ['aaaaa-aa', 'principal', /no bytes/],
    ['', 'value', /empty/],
  ] as const)('"%s" as %s is refused', (pattern, kind, message) => {
    expect(findLines(snapshot, pattern, kind, {}, nodeByteSearch, new Budget())).toMatch(message);
  });
});
