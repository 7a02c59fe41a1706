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
import { CHECK_LIMITS, type ReportFinding } from './report-finding.ts';

/** Maximum bytes that are searched for residual data of another structure. */
const MAX_SEARCHED_BYTES = 1 << 20;

/** Reports two structures on one memory: each overwrites the other. */
export function checkClash(snapshot: Snapshot, space: Space, damaged: boolean, report: ReportFinding): void {
  const { memory, part } = space;
  const [header] = recognise(memory);
  if (header?.whole !== true) return;
  const start = `The header at the start of ${nameOfSpace(space)} is a ${STORED_NAMES[header.kind]}`;
  if (header.kind === 'btreemap') {
    const residual = damaged ? residualInMap(memory) : undefined;
    if (residual !== undefined)
      report('memory.two-structures', part, memory, residual.at, describeClash(start, STORED_NAMES[header.kind], residual));
    return;
  }
  // A window may include pages of other memories.
  const limit = space.kind === 'virtual-memory' ? MAX_SEARCHED_BYTES : PAGE_SIZE;
  const budget = new Budget(CHECK_LIMITS);
  let stale: ResidualStructure | undefined;
  for (const residual of residualOfMap(memory, limit, budget)) {
    if (isInUse(snapshot.places.structureIn(space), memory, residual.at.start, budget)) {
      report('memory.two-structures', part, memory, residual.at, describeClash(start, STORED_NAMES[header.kind], residual));
      return;
    }
    stale ??= residual;
  }
  if (stale === undefined) return;
  const message = `${start}, and ${describeResidual(stale)}, in bytes that it does not use: a ${stale.of} was here before, in this memory or in its bucket.`;
  report('memory.left-over', part, memory, stale.at, message);
}

/**
 * Errors that two maps on one memory cause: each holds its root, length and free list in its object, and saves them over the
 * other's.
 */
const OF_TWO_MAPS: ReadonlySet<FindingCode> = new Set(['btree.length', 'alloc.free-list-has-live-chunk', 'btree.keys-unsorted']);

/** Reports a map whose errors are just those that two BTreeMap objects on one memory cause. */
export function checkTwoMaps(snapshot: Snapshot, space: Space, errors: ReadonlySet<FindingCode>, report: ReportFinding): void {
  if (!errors.has('btree.length') || ![...errors].every((code) => OF_TWO_MAPS.has(code))) return;
  const list = errors.has('alloc.free-list-has-live-chunk') ? ', and a chunk in use is in the free list' : '';
  const message = `All nodes of ${nameOfSpace(space)} can be read, but its length is not the number of its entries${list}. Two BTreeMap objects that are open on this memory cause just this: one saves its length and free list over those of the other.`;
  const part = snapshot.places.structureIn(space)?.part ?? space.part;
  report('memory.two-maps', part, space.memory, { start: LENGTH_AT, length: 8 }, message);
}

/** Returns whether a byte is part of an element in use: then other data at this place was written after it. */
function isInUse(placed: PlacedStructure | undefined, memory: ReadableMemory, address: Address, budget: Budget): boolean {
  const owners = placed?.structure.owners(memory, address, budget) ?? [];
  return owners.length > 0 && owners.every(({ kind, name }) => kind !== 'unused' && kind !== 'header' && name !== 'unused');
}

function describeClash(start: string, kind: string, residual: ResidualStructure): string {
  return `${start}, but ${describeResidual(residual)}: a ${kind} and a ${residual.of} have both been opened on this memory, and each overwrites the other.`;
}
