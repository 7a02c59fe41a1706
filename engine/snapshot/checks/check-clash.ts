import { Budget } from '../../core/budget.ts';
import type { FindingCode } from '../../core/findings.ts';
import { type Address, PAGE_SIZE, type ReadableMemory } from '../../core/memory/memory.ts';
import { LENGTH_AT } from '../../rust/btree/layout.ts';
import { recognise } from '../../rust/recognise.ts';
import { describeResidual, type ResidualStructure, residualInMap, residualOfMap } from '../../rust/residual-structure.ts';
import type { PlacedStructure } from '../placed.ts';
import type { Snapshot } from '../snapshot.ts';
import { nameOfSpace, type Space } from '../space.ts';
import { STORED_NAMES } from './opening.ts';
import { MAX_OF_A_MEMORY, type Tell } from './tell.ts';

/** Left-overs of another structure are looked for in so many bytes. */
const MAX_SEARCHED = 1 << 20;

/** Two structures on one memory: each writes over the other. */
export function checkClash(snapshot: Snapshot, space: Space, damaged: boolean, tell: Tell): void {
  const { memory, part } = space;
  const [header] = recognise(memory);
  if (header?.whole !== true) return;
  const start = `The header at the start of ${nameOfSpace(space)} is a ${STORED_NAMES[header.kind]}`;
  if (header.kind === 'btreemap') {
    const residual = damaged ? residualInMap(memory) : undefined;
    if (residual !== undefined)
      tell('memory.two-structures', part, memory, residual.at, describeClash(start, STORED_NAMES[header.kind], residual));
    return;
  }
  // A window may take in pages of other memories.
  const limit = space.kind === 'virtual-memory' ? MAX_SEARCHED : PAGE_SIZE;
  const budget = new Budget(MAX_OF_A_MEMORY);
  let stale: ResidualStructure | undefined;
  for (const residual of residualOfMap(memory, limit, budget)) {
    if (isInUse(snapshot.places.structureIn(space), memory, residual.at.start, budget)) {
      tell('memory.two-structures', part, memory, residual.at, describeClash(start, STORED_NAMES[header.kind], residual));
      return;
    }
    stale ??= residual;
  }
  if (stale === undefined) return;
  const message = `${start}, and ${describeResidual(stale)}, in bytes that it does not use: a ${stale.of} was here before, in this memory or in its bucket.`;
  tell('memory.left-over', part, memory, stale.at, message);
}

/** The errors that two maps on one memory leave: each keeps its root, length and free list beside the bytes, and saves them over the other's. */
const OF_TWO_MAPS: ReadonlySet<FindingCode> = new Set(['btree.length', 'alloc.free-list-has-live-chunk', 'btree.keys-unsorted']);

export function checkTwoMaps(snapshot: Snapshot, space: Space, errors: ReadonlySet<FindingCode>, tell: Tell): void {
  if (!errors.has('btree.length') || ![...errors].every((code) => OF_TWO_MAPS.has(code))) return;
  const list = errors.has('alloc.free-list-has-live-chunk') ? ', and a chunk in use stands in the free list' : '';
  const message = `All nodes of ${nameOfSpace(space)} can be read, but its length counts other entries than there are${list}. Two BTreeMap objects that are open on this memory leave just that: the length and the free list of the one, saved over those of the other.`;
  const part = snapshot.places.structureIn(space)?.part ?? space.part;
  tell('memory.two-maps', part, space.memory, { start: LENGTH_AT, length: 8 }, message);
}

/** Whether the byte is part of an element: then whatever else stands there was written after it. */
function isInUse(placed: PlacedStructure | undefined, memory: ReadableMemory, address: Address, budget: Budget): boolean {
  const owners = placed?.structure.owners(memory, address, budget) ?? [];
  return owners.length > 0 && owners.every(({ kind, name }) => kind !== 'unused' && kind !== 'header' && name !== 'unused');
}

function describeClash(start: string, kind: string, residual: ResidualStructure): string {
  return `${start}, but ${describeResidual(residual)}: a ${kind} and a ${residual.of} have both been opened on this memory, and each writes over the other.`;
}
