import { describe, expect, test } from 'vitest';
import { readBytes } from '../../../../engine/core/memory/memory.ts';
import { decodeBlob } from '../../../../engine/motoko/memory-btree/layout.ts';
import { Branch } from '../../../../engine/motoko/memory-btree/node.ts';
import { MemoryBTree, type TreeTypes } from '../../../../engine/motoko/memory-btree/operate.ts';
import { type Blobify, blobifyTexts, TEXT } from '../../../../engine/motoko/memory-buffer/blobify.ts';
import { compareBytes } from '../../../../engine/values/codec.ts';
import { codecOf } from '../../../../engine/values/codecs.ts';
import { sidecar } from '../../../fixtures.ts';
import { findingsIn, type RecordedLibrary, regionsUnder, repeat } from './calls.ts';

const bigEndian = codecOf('u64-be');
if (!bigEndian) throw new Error('There is no codec for big-endian numbers.');
const KEYS: Readonly<Record<string, Blobify<string>>> = { text: TEXT, 'nat64-be': blobifyTexts(bigEndian) };

function typesOf(name: string): TreeTypes<string, string> {
  const key = KEYS[name];
  if (!key) throw new Error(`There are no keys named ${name}.`);
  return { key, value: TEXT, order: { blobs: compareBytes } };
}

interface StoredBytes {
  readonly capacity: number;
  readonly key: string;
  readonly tailCompression: boolean;
  readonly mergeThreshold: number;
  readonly calls: readonly string[];
}

describe('the real library', () => {
  const { libraries } = sidecar<{ readonly libraries: readonly RecordedLibrary<StoredBytes>[] }>('memory-btree-1-calls');
  const cases = libraries.flatMap(({ libs, policy, runs }) => runs.map((run, index) => ({ libs, policy, index, ...run })));

  test.each(cases)('$libs, run $index: the same bytes after the same calls', ({ policy, key, calls, index, ...run }) => {
    const tree = new MemoryBTree(regionsUnder(policy, 16 + 4 * index), typesOf(key), { version: 1, ...run });
    repeat(tree, calls, (text) => text);
    // Dropping a reference changes the counts beneath the branches as if an entry were removed.
    const own = calls.some((line) => line.startsWith('ref ')) ? 'memory-btree.subtree' : 'nothing';
    expect(findingsIn(tree).filter((finding) => !finding.startsWith(own))).toEqual([]);
  });
});

describe('layout version 1', () => {
  const types = typesOf('text');

  test.each([
    [{ tailCompression: true }, ['b']],
    [{ tailCompression: false }, ['banana']],
  ])('a separator is %o', (options, separators) => {
    const tree = new MemoryBTree(regionsUnder('max-value'), types, { version: 1, capacity: 4, ...options });
    for (const key of ['apple', 'apricot', 'avocado', 'banana', 'blueberry']) tree.insert(key, '');
    expect(tree.depth).toBe(2);
    expect(separatorsOf(tree)).toEqual(separators);
  });

  test('keys are compared as bytes', () => {
    const order = { values: (a = '', b = '') => a.localeCompare(b) };
    expect(() => new MemoryBTree(regionsUnder('max-value'), { ...types, order }, { version: 1 })).toThrow(RangeError);
  });

  test('a node has room for at most 4,096 entries', () => {
    const withRoom = (capacity: number) => new MemoryBTree(regionsUnder('max-value'), types, { version: 1, capacity });
    expect(() => withRoom(4097)).toThrow('A node has room for 4 to 4,096 entries, not for 4097.');
    expect(withRoom(4096).length).toBe(0);
  });

  test('clear frees the values, too', () => {
    const tree = new MemoryBTree(regionsUnder('max-value'), types, { version: 1, capacity: 4 });
    for (let key = 0; key < 50; key++) tree.insert(`key ${key}`, 'a value');
    expect(tree.clear().ok).toBe(true);
    const { data, values, branches, leaves } = tree.regions;
    expect([data, values, branches, leaves].map(({ allocated }) => allocated)).toEqual([64, 64, 64, 64 + 64 + 4 * 8]);
    expect(findingsIn(tree)).toEqual([]);
  });
});

/** Returns the bytes of the separators of a tree's only branch, as inspection finds them. */
function separatorsOf({ regions }: MemoryBTree<string, string>): readonly string[] {
  const branch = new Branch(regions.branches.memory, { capacity: 4, version: 1 }, 64);
  return Array.from({ length: branch.count - 1 }, (_, index) => {
    const span = decodeBlob(regions.data.memory, branch.separator(index));
    return span ? new TextDecoder().decode(readBytes(regions.data.memory, span.start, span.length)) : 'none';
  });
}
