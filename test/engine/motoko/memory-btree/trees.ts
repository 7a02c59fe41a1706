import { Budget } from '../../../../engine/core/budget.ts';
import type { Finding } from '../../../../engine/core/findings.ts';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, PAGE_SIZE, type ReadableMemory, readBytes } from '../../../../engine/core/memory/memory.ts';
import { readStored, type StoredBytes } from '../../../../engine/core/structure.ts';
import { findMemoryBTrees } from '../../../../engine/motoko/memory-btree/find.ts';
import type { MemoryBTreeView } from '../../../../engine/motoko/memory-btree/inspect.ts';
import type { NumberedMemory } from '../../../../engine/motoko/memory-buffer/find.ts';
import { codecOf } from '../../../../engine/values/codecs.ts';
import { imageBytes, sidecar } from '../../../fixtures.ts';
import { line, type Patch, write } from '../patched.ts';

export const ROLES = ['data', 'values', 'leaves', 'branches'] as const;
export type Role = (typeof ROLES)[number];

/** The sidecar's description of a tree. */
export interface RecordedTree {
  readonly name: string;
  readonly regions: Readonly<Record<Role, number>>;
  readonly count: number;
  readonly root: number;
  readonly depth: number;
  readonly leaves: number;
  readonly branches: number;
  readonly capacity: number;
  readonly entries: readonly (readonly [key: string, value: string])[];
}

interface ExpectedTree extends RecordedTree {
  readonly free: readonly (readonly (readonly [address: number, size: number])[])[];
}

export type Region = NumberedMemory & BytesMemory;
export type Damage = { readonly [R in Role]?: Patch };

/** Returns the real trees of a fixture with their four regions, which tests can damage. */
export function treesIn<Tree extends RecordedTree>(fixture: string) {
  const { regions, trees } = sidecar<{
    readonly regions: readonly { readonly id: number; readonly pages: number }[];
    readonly trees: readonly Tree[];
  }>(fixture);
  const bytes = imageBytes(fixture);
  const regionsOf = (tree: RecordedTree, damage: Damage = {}): Record<Role, Region> => {
    const region = (role: Role): Region => {
      let start = 0;
      for (const { id, pages } of regions) {
        if (id === tree.regions[role]) {
          const memory = BytesMemory.of(bytes.subarray(start, start + pages * PAGE_SIZE));
          write(memory, damage[role] ?? {});
          return Object.assign(memory, { id });
        }
        start += pages * PAGE_SIZE;
      }
      throw new Error(`The tree ${tree.name} has no ${role}.`);
    };
    return { data: region('data'), values: region('values'), leaves: region('leaves'), branches: region('branches') };
  };
  return { trees, regionsOf };
}

const small = treesIn<ExpectedTree>('memory-btrees-small');

export const TREES = small.trees;

export function regionsOf(name: string, damage: Damage = {}): Record<Role, Region> {
  return small.regionsOf(treeCalled(name), damage);
}

export function treeCalled(name: string): ExpectedTree {
  const tree = TREES.find((one) => one.name === name);
  if (!tree) throw new Error(`There is no tree named ${name}.`);
  return tree;
}

/** Opens the trees in some regions. */
export function found(regions: readonly NumberedMemory[]) {
  const findings: Finding[] = [];
  return { views: findMemoryBTrees(regions, (finding) => findings.push(finding)), findings };
}

/** Returns the only tree in some regions. */
export function onlyTree(regions: Readonly<Record<Role, NumberedMemory>>): MemoryBTreeView {
  const { views } = found(Object.values(regions));
  const [view] = views;
  if (!view || views.length !== 1) throw new Error(`There are ${views.length} trees.`);
  return view;
}

export function scanned(view: MemoryBTreeView, budget = new Budget()) {
  const findings: Finding[] = [];
  return { scan: view.scan((finding) => findings.push(finding), budget), findings };
}

/** Returns all findings of opening and of the scan. Each begins with its region. */
export function findingsIn(regions: Readonly<Partial<Record<Role, NumberedMemory>>>): readonly string[] {
  const { views, findings } = found(Object.values(regions));
  const all = [...findings, ...views.flatMap((view) => scanned(view).findings)];
  return all.map((finding) => `${ROLES.find((role) => regions[role] === finding.memory)} ${line(finding)}`);
}

/** Codecs of the keys and values of the trees, if they are not `blobify.nat`. */
const CODECS: Readonly<Record<string, readonly [key: string, value: string]>> = {
  mixed: ['text', 'text'],
  long: ['text', 'text'],
  set: ['blobify.nat-be', 'bytes'],
  unordered: ['u32-le', 'blobify.nat'],
};

/** Returns a tree's entries as its program prints them. */
export function entriesOf(
  name: string,
  view: MemoryBTreeView,
  from = 0,
  limit = 1_000_000,
): readonly (readonly [string, string])[] {
  const [keyCodec, valueCodec] = CODECS[name] ?? ['blobify.nat', 'blobify.nat'];
  return view
    .elements(from, limit, new Budget())
    .map(({ key, value }) => [decoded(key, keyCodec), value ? decoded(value, valueCodec) : ''] as const);
}

function decoded(run: StoredBytes | undefined, codec: string): string {
  if (!run) return 'nothing';
  // The library writes the number 0 without bytes.
  if (run.size === 0 && codec.startsWith('blobify')) return '0';
  const text = codecOf(codec)?.decode(readStored(run))?.text ?? 'undecodable';
  return codec === 'text' ? text : text.replaceAll(/[_,]/g, '');
}

export function u64(memory: ReadableMemory, address: number): number {
  return Number(new DataView(readBytes(memory, at(0, address), 8).buffer).getBigUint64(0, true));
}

export function sizeOf(view: MemoryBTreeView): number {
  return view.memories.reduce((sum, memory) => sum + byteLength(memory), 0);
}

/** Returns a number as eight bytes, little-endian. */
export function long(value: number): readonly number[] {
  return [...new Uint8Array(BigUint64Array.of(BigInt(value)).buffer)];
}
