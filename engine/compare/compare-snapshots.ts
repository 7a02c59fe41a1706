import { Budget } from '../core/budget.ts';
import type { ByteRange } from '../core/memory/memory.ts';
import { type Sliced, within } from '../core/slices.ts';
import type { PlacedStructure } from '../snapshot/placed.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { rangesInUse } from './bytes-in-use.ts';
import type { EntryChange } from './changes.ts';
import { compareFindings, type FindingDifference } from './compare-findings.ts';
import { compareMemories, hasChanged, LACKS_BYTES, type MemoryDifference } from './compare-memories.ts';
import { areComparable, compareStructures, listElements, type StructureDifference } from './compare-structures.ts';
import { compareUsage, type OwnerDifference, sumOf, type UsageState, usageState } from './compare-usage.ts';
import { type CommonBytes, compareImages } from './equal-images.ts';
import { mayBeDamaged, type ScannedSnapshot } from './scanned-snapshot.ts';

/** A structure of one or both of two snapshots. At least one side is there. */
export interface PairedStructure {
  readonly before: PlacedStructure | undefined;
  readonly after: PlacedStructure | undefined;
}

export interface ComparedStructure extends PairedStructure {
  readonly difference: StructureDifference;
}

export interface ComparisonOptions {
  readonly budget?: Budget;
  /** Returns false for the ids of parts that are left out. Without it, none are. */
  readonly isWanted?: (part: string) => boolean;
}

/** The differences between two snapshots. */
export interface SnapshotComparison {
  /**
   * True if no difference was found between the structures, the memories, and the errors and warnings. The places of nodes in a
   * memory, and the use of its bytes, may differ.
   */
  readonly isSame: boolean;
  /** The bytes that are equal. In images with much free room only those in use are compared. */
  readonly common: CommonBytes;
  /** Sentences about what could not be compared; empty if everything was. */
  readonly incomplete: readonly string[];
  /** All structures of both sides, in the order of the side after. */
  readonly structures: readonly ComparedStructure[];
  /** The memories and regions that differ. */
  readonly memories: readonly MemoryDifference[];
  readonly usage: { readonly before: UsageState; readonly after: UsageState; readonly owners: readonly OwnerDifference[] };
  readonly findings: FindingDifference;
}

/** Part of the work that is done when the bytes of the images are compared, and when the structures are. */
const [IMAGES, STRUCTURES] = [0.3, 0.8] as const;

/** Compares two snapshots. Yields often, and reads each byte in use about once on both sides. Memory is bounded. */
export function* compareSnapshots(
  before: ScannedSnapshot,
  after: ScannedSnapshot,
  { budget = new Budget(), isWanted }: ComparisonOptions = {},
): Sliced<SnapshotComparison> {
  const isPart = isWanted ?? (() => true);
  const common = yield* within(compareImages(before, after), 0, IMAGES);
  const areEqual = common !== 'not all in use';
  const structures: ComparedStructure[] = [];
  const pairs = pairStructures(before.snapshot, after.snapshot).filter((pair) => spacesOf(pair).some(isPart));
  for (const [index, pair] of pairs.entries()) {
    const work = areEqual && isOnBothSides(pair) ? unchanged(before, pair) : comparePair(before, after, pair, budget);
    const [from, to] = [index, index + 1].map((count) => IMAGES + (STRUCTURES - IMAGES) * (count / pairs.length));
    structures.push({ ...pair, difference: yield* within(work, from ?? 0, to ?? 1) });
  }
  const raw = compareMemories(before.snapshot, after.snapshot, areEqual);
  const memories = (yield* within(raw, STRUCTURES, 1)).filter(({ part }) => isPart(part));
  const findings = compareFindings(
    before.scan.findings.filter(({ part }) => isPart(part)),
    after.scan.findings.filter(({ part }) => isPart(part)),
  );
  const areSame =
    !memories.some(hasChanged) &&
    structures.every(({ before: old, after: now, difference }) => old && now && !isChanged(difference)) &&
    [...findings.added, ...findings.gone].every(({ severity }) => severity === 'information');
  // Bytes that were equal may have been overwritten since.
  const isOneState = [before, after].every(({ snapshot }) => snapshot.change() === undefined);
  const isIdentical = isOneState && common === 'all';
  const incomplete = [
    ...incompleteSides(before, after),
    ...structures.flatMap((each) => {
      const { incomplete: reason } = each.difference;
      return reason === undefined ? [] : [`${(each.after ?? each.before)?.part}: ${reason}`];
    }),
    ...memories.flatMap(({ part, name, incomplete: reason }) =>
      reason === undefined ? [] : [`${part}${name === undefined ? '' : ` (${name})`}: ${reason}`],
    ),
  ];
  const owners = compareUsage([before.snapshot, before.scan], [after.snapshot, after.scan]).filter(({ part }) => isPart(part));
  const totals =
    isWanted === undefined
      ? { before: usageState(before.snapshot, before.scan), after: usageState(after.snapshot, after.scan) }
      : {
          before: sumOf(
            before.snapshot,
            owners.map((owner) => owner.before),
          ),
          after: sumOf(
            after.snapshot,
            owners.map((owner) => owner.after),
          ),
        };
  return {
    isSame: areSame && (isIdentical || incomplete.length === 0),
    common: isOneState ? common : 'not all in use',
    incomplete,
    structures,
    memories,
    usage: { ...totals, owners },
    findings,
  };
}

/** Returns the ids of the memories that a structure is in, and its own. */
function spacesOf({ before, after }: PairedStructure): readonly string[] {
  return [before, after].flatMap((placed) => (placed ? [placed.part, ...placed.spaces.map(({ part }) => part)] : []));
}

function isOnBothSides({ before, after }: PairedStructure): boolean {
  return before !== undefined && before.structure.kind === after?.structure.kind;
}

/** Returns the difference of a structure in two images with the same bytes. */
// biome-ignore lint/correctness/useYield: it takes the place of longer work
function* unchanged({ snapshot }: ScannedSnapshot, { before }: PairedStructure): Sliced<StructureDifference> {
  const isLacking = before !== undefined && snapshot.places.arePartlyMissing(before.spaces);
  return { added: 0, removed: 0, changed: 0, ...(isLacking && { incomplete: LACKS_BYTES }) };
}

function isChanged({ added, removed, changed }: StructureDifference): boolean {
  return added > 0 || removed > 0 || changed > 0;
}

/** Pairs the structures of two snapshots: those in the same memory, of kinds that can be compared. */
function pairStructures(before: Snapshot, after: Snapshot): readonly PairedStructure[] {
  const left = new Set(before.structures);
  const pairs = after.structures.map((now): PairedStructure => {
    const old = [...left].find(
      (each) => each.space.part === now.space.part && areComparable(each.structure.kind, now.structure.kind),
    );
    if (old !== undefined) left.delete(old);
    return { before: old, after: now };
  });
  return [...pairs, ...[...left].map((old) => ({ before: old, after: undefined }))];
}

/** Compares a pair of structures, and passes on each difference. Yields often. */
export function* comparePair(
  before: ScannedSnapshot,
  after: ScannedSnapshot,
  { before: old, after: now }: PairedStructure,
  budget: Budget,
  onChange?: (change: EntryChange) => void,
): Sliced<StructureDifference> {
  const memories = new Set(spacesOf({ before: old, after: now }));
  const isLacking = [before, after].some(({ snapshot: { places, spaces } }) =>
    places.arePartlyMissing(spaces.filter(({ part }) => memories.has(part))),
  );
  // Missing bytes read as zero, and would show differences that are not there. What is in them is not recognised at all.
  if (isLacking) return { added: 0, removed: 0, changed: 0, incomplete: LACKS_BYTES };
  if (old !== undefined && now !== undefined) {
    const isDamaged = mayBeDamaged(before, old) || mayBeDamaged(after, now);
    const inUse = (index: number): Iterable<ByteRange> | undefined =>
      isDamaged ? undefined : rangesInUse([before.scan, old], [after.scan, now], index);
    return yield* compareStructures({ before: old.structure, after: now.structure, isDamaged, inUse }, budget, onChange);
  }
  if (now !== undefined) return yield* listElements(now.structure, 'added', budget, onChange);
  if (old !== undefined) return yield* listElements(old.structure, 'removed', budget, onChange);
  return { added: 0, removed: 0, changed: 0 };
}

function incompleteSides(...sides: readonly [before: ScannedSnapshot, after: ScannedSnapshot]): readonly string[] {
  return sides.flatMap(({ snapshot: { title, places, broken, change }, scan }) => [
    ...(places.isIncomplete ? [`${title}: ${LACKS_BYTES}`] : []),
    ...[broken, change(), scan.cutShort].filter((reason) => reason !== undefined),
  ]);
}
