import { Budget } from '../../core/budget.ts';
import type { FindingCode } from '../../core/findings.ts';
import { formatCounted } from '../../core/format.ts';
import { PAGE_SIZE, type ReadableMemory } from '../../core/memory/memory.ts';
import { isWithin } from '../../core/part-ids.ts';
import { ManagerView } from '../../rust/memory-manager/inspect.ts';
import { areaAt } from '../areas.ts';
import { type PlacedManager, partOfManager } from '../layout/managers.ts';
import { reopenAs } from '../open-snapshot.ts';
import type { PlacedFinding } from '../placed.ts';
import type { Snapshot } from '../snapshot.ts';
import { walkStructures } from '../walk.ts';
import { type Reading, readingsOf, type Suspects } from './manager-readings.ts';

/** A damage that causes other findings. */
export interface ProvenCause {
  readonly finding: PlacedFinding;
  /** Findings that disappear when the image is read with the damage repaired. */
  readonly explains: readonly PlacedFinding[];
}

/** A damage of a manager that causes other findings. */
export interface ManagerCause extends ProvenCause {
  /** The image with the damage repaired. */
  readonly image: ReadableMemory;
}

/** Findings that occur where bytes are read from the wrong place; others do not indicate a damaged manager. */
const MISPLACED: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'btree.address-outside',
  'btree.not-a-chunk',
  'btree.node-bad-magic',
  'btree.node-bad-version',
  'btree.node-bad-type',
  'btree.overflow-bad-magic',
  'alloc.address-outside',
  'alloc.chunk-bad-magic',
  'alloc.free-list-has-live-chunk',
  'vec.len-outside',
  'vec.entry-size',
  'cell.len-outside',
  'log.unpaired',
  'log.count-outside',
  'log.index-order',
  'log.data-outside',
  'mm.first-bucket',
  'mm.too-few-buckets',
  'mm.bucket-size-zero',
  'mm.bucket-outside-image',
  'mm.owned-bucket-above-count',
  'mm.count-outside',
  'mm.started-anew',
]);

/** Damage that the manager's own tables do not prove. */
const NEEDS_STRUCTURES: ReadonlySet<FindingCode> = new Set<FindingCode>(['mm.bucket-size', 'mm.page-inserted', 'mm.page-lost']);

/** Limits of one reading, and of all together. */
const ONE_READING = { steps: 400_000, bytes: 1 << 26 } as const;
const ALL_READINGS = { steps: 2_000_000, bytes: 1 << 28 } as const;
const MAX_READINGS = 160;
const MAX_SUSPECTS = 16;

/**
 * Looks for one damage of the manager that explains the findings: with the damage repaired, the image has no other errors. Reads
 * nothing where no finding indicates a damaged manager.
 */
export function findProvenCauses(snapshot: Snapshot, findings: readonly PlacedFinding[]): readonly ManagerCause[] {
  const { layout, places } = snapshot;
  if (layout.kind !== 'memory-manager' || places.isIncomplete || !findings.some(({ code }) => MISPLACED.has(code))) return [];
  const budget = new Budget(ALL_READINGS);
  return layout.managers.flatMap((manager) =>
    manager.view instanceof ManagerView ? (findProvenCause(snapshot, manager, findings, budget) ?? []) : [],
  );
}

function findProvenCause(
  snapshot: Snapshot,
  manager: PlacedManager,
  findings: readonly PlacedFinding[],
  budget: Budget,
): ManagerCause | undefined {
  const grave = findings.filter(isGrave);
  const known = new Set(grave.map(keyOf));
  const minLength = lengthOf(snapshot);
  let best: Tried | undefined;
  let tried = 0;
  for (const reading of readingsOf(snapshot.memory, manager, suspectsOf(snapshot, manager, findings))) {
    tried += 1;
    // All readings of one kind of damage are tried: several can be free of errors, and the one with the most elements is right.
    if (tried > MAX_READINGS || !budget.spend() || (best?.left.length === 0 && best.reading.code !== reading.code)) break;
    const reread = reopenAs(snapshot, reading.image);
    const length = lengthOf(reread);
    if (length < minLength || (best?.left.length === 0 && length <= best.length)) continue;
    const there = walkStructures(reread, new Budget({ ...ONE_READING, within: budget })).findings;
    const left = there.filter(isGrave);
    if (left.length * 4 > grave.length || !left.every((finding) => known.has(keyOf(finding)))) continue;
    if (best === undefined || left.length <= best.left.length) best = { reading, left, length, stays: new Set(there.map(keyOf)) };
  }
  if (best === undefined) return undefined;
  const { stays } = best;
  const explains = findings.filter((finding) => !finding.code.startsWith('image.') && !stays.has(keyOf(finding)));
  const errors = explains.filter(({ severity }) => severity === 'error').length;
  if (errors === 0) return undefined;
  // A file that was cut is also too short for its buckets: only their content proves another place.
  const isProof = ({ code, part, severity }: PlacedFinding): boolean =>
    code === 'mm.bucket-size-zero' || (severity === 'error' && part !== partOfManager(manager));
  if (NEEDS_STRUCTURES.has(best.reading.code) && !explains.some(isProof)) return undefined;
  return { finding: placed(snapshot, manager, best.reading, errors), explains, image: best.reading.image };
}

function placed(snapshot: Snapshot, manager: PlacedManager, { code, at, message }: Reading, errors: number): PlacedFinding {
  const proof = `with this repaired, ${errors === 1 ? 'the error that follows from it is' : `the ${formatCounted(errors, 'error')} that follow from it are`} gone.`;
  return snapshot.places.place({ code, memory: manager.memory, at, message: `${message}: ${proof}` }, partOfManager(manager));
}

/** A reading that explains most of the findings. */
interface Tried {
  readonly reading: Reading;
  /** Warnings and errors that it still has. */
  readonly left: readonly PlacedFinding[];
  /** Number of elements in all its structures. */
  readonly length: number;
  /** Keys of all its findings, also of those that do no harm. */
  readonly stays: ReadonlySet<string>;
}

function lengthOf({ structures }: Snapshot): number {
  return structures.reduce((sum, { structure }) => sum + Number(structure.length ?? 0n), 0);
}

function suspectsOf(snapshot: Snapshot, { page, prefix }: PlacedManager, findings: readonly PlacedFinding[]): Suspects {
  const grave = findings.filter(isGrave);
  const near = grave.map(({ at }) => areaAt(snapshot.areas, at.start)?.part);
  const others = snapshot.spaces.flatMap(({ part, pieces }) =>
    grave.some((finding) => isWithin(finding.part, part)) ? pieces.map((piece) => piece.part) : [],
  );
  const bucket = `${prefix}bucket/`;
  const buckets = [...near, ...others].flatMap((part) => (part?.startsWith(bucket) ? [Number(part.slice(bucket.length))] : []));
  const pages = grave.flatMap(({ code, at }) => (MISPLACED.has(code) ? [Math.floor(at.start / PAGE_SIZE) - page] : []));
  const after = pages.filter((own) => own > 0).sort((a, b) => a - b);
  return { buckets: [...new Set(buckets)].slice(0, MAX_SUSPECTS), page: after[0] };
}

function isGrave({ severity, code }: PlacedFinding): boolean {
  return severity !== 'information' && !code.startsWith('image.');
}

function keyOf({ code, part }: PlacedFinding): string {
  return `${code} ${part}`;
}
