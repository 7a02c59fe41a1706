import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import type { Finding } from '../../../../engine/core/findings.ts';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, readBytes } from '../../../../engine/core/memory/memory.ts';
import { findMemoryBTrees } from '../../../../engine/motoko/memory-btree/find.ts';
import type { MemoryBTree } from '../../../../engine/motoko/memory-btree/operate.ts';
import type { TreeRegions } from '../../../../engine/motoko/memory-btree/write/live-tree.ts';
import { MemoryRegion } from '../../../../engine/motoko/memory-region/operate.ts';
import { createAllocator, type PolicyName } from '../../../../engine/motoko/memory-region/policies.ts';
import { ROLES } from './trees.ts';

/** A recording of the real library, call by call, with its regions. */
export interface RecordedLibrary<StoredBytes> {
  readonly libs: string;
  readonly policy: PolicyName;
  readonly runs: readonly StoredBytes[];
}

export function regionsUnder(policy: PolicyName, firstId = 16): TreeRegions {
  const region = (id: number) => new MemoryRegion(new BytesMemory(), createAllocator(policy), firstId + id);
  return { leaves: region(0), branches: region(1), data: region(2), values: region(3) };
}

const shortHash = ({ memory }: MemoryRegion) =>
  createHash('sha256')
    .update(readBytes(memory, at(0, 0), byteLength(memory)))
    .digest('hex')
    .slice(0, 16);

type Tree = Pick<MemoryBTree<unknown, unknown>, 'regions'>;

/** Returns the findings of inspecting a tree. */
export function findingsIn(tree: Tree): readonly string[] {
  return inspected(tree).findings.map(({ code, message }) => `${code}: ${message}`);
}

/** Returns how many bytes of its regions belong to a tree, by inspection. */
export function bytesInUse(tree: Tree): number {
  return inspected(tree).scans.reduce((sum, { usage }) => sum + usage.metadata + usage.live, 0);
}

function inspected({ regions }: Tree) {
  const findings: Finding[] = [];
  const report = (finding: Finding) => findings.push(finding);
  const numbered = ROLES.map((role) => Object.assign(regions[role].memory, { id: regions[role].id }));
  const scans = findMemoryBTrees(numbered, report).map((view) => view.scan(report, new Budget()));
  return { findings, scans };
}

/** Repeats a recording, and expects the same bytes and counts wherever it has them. */
export function repeat<K>(tree: MemoryBTree<K, string>, calls: readonly string[], keyOf: (text: string) => K): void {
  for (const [number, line] of calls.entries()) {
    // The library's check stops here, and nothing is recorded after it.
    if (line === 'trap') break;
    const answer = call(tree, line, keyOf);
    if (answer !== undefined) expect(`${number} ${answer}`).toBe(`${number} ${line}`);
  }
}

/** Makes a recorded call. If the record has a result, returns the result here. */
function call<K>(tree: MemoryBTree<K, string>, line: string, keyOf: (text: string) => K): string | undefined {
  const [kind, first = '', size, letter] = line.split(' ');
  const { regions } = tree;
  switch (kind) {
    case 'i':
      tree.insert(keyOf(first), String.fromCharCode(97 + Number(letter)).repeat(Number(size)));
      return undefined;
    case 'r':
      tree.remove(keyOf(first));
      return undefined;
    case 'min':
      tree.removeMin();
      return undefined;
    case 'max':
      tree.removeMax();
      return undefined;
    case 'ref': {
      const id = tree.idOf(keyOf(first));
      if (id === undefined) return 'no such key';
      tree.reference(id);
      tree.reference(id);
      return undefined;
    }
    case 'next':
      return `next ${tree.nextId()}`;
    case 'clear':
      return tree.clear().ok ? undefined : 'trap';
    case '@':
      return ['@', ...ROLES.map((role) => shortHash(regions[role]))].join(' ');
    case 's': {
      const { length, root, depth, leafCount, branchCount } = tree;
      return ['s', length, root, depth, leafCount, branchCount, ...ROLES.map((role) => regions[role].size)].join(' ');
    }
    default:
      throw new Error(`${line} is not a call.`);
  }
}
