import { kindsDiffer, type MemoryDifference } from '../../compare/compare-memories.ts';
import type { ComparedStructure, SnapshotComparison } from '../../compare/compare-snapshots.ts';
import type { UsageState } from '../../compare/compare-usage.ts';
import type { StructureKind } from '../../core/structure-kinds.ts';
import type { Usage } from '../../core/usage-runs.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { type FindingLine, findingLine } from '../check.ts';
import { describeLayout, nameOfLayout } from '../names.ts';
import { type VariableChange, variableChanges } from '../rehearsal.ts';

/** Output of `stable-memory diff --json`. Fields may be added, never renamed. */
export interface DiffReport {
  readonly schema: 'stable-memory/diff/1';
  /**
   * True if no difference was found between the structures and their entries, the memories, the stable variables, and the errors
   * and warnings.
   */
  readonly same: boolean;
  /** True if all bytes are equal. */
  readonly identical: boolean;
  /** Set if all bytes that either side uses are equal, and free ones differ or were too many to be compared. */
  readonly identicalInUse?: true;
  /** False where something could not be compared; `reasons` says what and why. */
  readonly complete: boolean;
  readonly reasons?: readonly string[];
  readonly before: DiffSide;
  readonly after: DiffSide;
  /** All structures of both sides. */
  readonly structures: readonly StructureRow[];
  /** The memories and regions that differ. */
  readonly memories: readonly MemoryRow[];
  /** The stable variables of a Motoko canister whose value or type differs. */
  readonly variables?: readonly VariableChange[];
  readonly usage: UsageReport;
  readonly findings: {
    readonly new: readonly FindingLine[];
    readonly gone: readonly FindingLine[];
    /** Number of those that both have. */
    readonly kept: number;
  };
}

/** A snapshot that is compared. */
interface DiffSide {
  readonly title: string;
  readonly layout: string;
  /** The layout in words: `MemoryManager 1 · 13 memories · 13 buckets of 8 MiB`. */
  readonly description: string;
  readonly bytes: number;
  readonly pages: number;
}

/** A structure of one or both sides. */
export interface StructureRow {
  /** The id of the part, after, or before if it is not there after. */
  readonly part: string;
  readonly name?: string;
  readonly kind: StructureKind;
  /** `added`, `removed`: only one side has it. */
  readonly change: 'none' | 'changed' | 'added' | 'removed';
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** Numbers of elements according to the headers, in decimal digits. */
  readonly lengthBefore?: string;
  readonly lengthAfter?: string;
  /** The kind of the structure that was in its place, or is now. */
  readonly kindBefore?: StructureKind;
  readonly kindAfter?: StructureKind;
  /** Why not all elements could be compared. Then equal figures do not mean that the structure is the same. */
  readonly incomplete?: string;
}

/** A memory or region, or another range of the image, that differs. */
export interface MemoryRow {
  readonly part: string;
  readonly name?: string;
  readonly change: 'added' | 'removed' | 'grown' | 'shrunk' | 'kind' | 'moved' | 'bytes' | 'unknown';
  readonly pagesBefore?: number;
  readonly pagesAfter?: number;
  readonly kindsBefore?: readonly string[];
  readonly kindsAfter?: readonly string[];
  /** Numbers of the buckets or blocks, in the order of the memory's addresses. */
  readonly blocksBefore?: readonly number[];
  readonly blocksAfter?: readonly number[];
  /** Buckets or blocks at the same place of the memory that are elsewhere in the image. */
  readonly moved?: number;
  /** Pages with other bytes, where no structure is known. */
  readonly changedPages?: number;
  readonly incomplete?: string;
}

/** The use of bytes. Those of the owners add up to those of the image. */
interface UsageReport {
  readonly before: UsageFigures;
  readonly after: UsageFigures;
  /** After minus before. */
  readonly difference: UsageFigures;
  readonly owners: readonly {
    readonly part: string;
    readonly name?: string;
    readonly before: UsageFigures;
    readonly after: UsageFigures;
    readonly difference: UsageFigures;
  }[];
}

export interface UsageFigures extends Usage {
  readonly bytes: number;
  /** A decimal string. */
  readonly cyclesPerYear: string;
}

export function diffReport(before: Snapshot, after: Snapshot, comparison: SnapshotComparison): DiffReport {
  const { isSame, common, incomplete, structures, memories, usage, findings } = comparison;
  const variables = variableChanges(before, after);
  const isComplete = incomplete.length === 0;
  return {
    schema: 'stable-memory/diff/1',
    same: isSame && variables.length === 0,
    identical: common === 'all',
    ...(common === 'in use' ? { identicalInUse: true } : {}),
    complete: isComplete,
    ...(isComplete ? {} : { reasons: incomplete }),
    before: sideOf(before),
    after: sideOf(after),
    structures: structures.map((structure) => structureRow(structure, structures)),
    memories: memories.map(memoryRow),
    ...(variables.length > 0 ? { variables } : {}),
    usage: {
      ...usageRow(usage),
      owners: usage.owners.map((owner) => ({
        part: owner.part,
        ...(owner.name === undefined ? {} : { name: owner.name }),
        ...usageRow(owner),
      })),
    },
    findings: {
      new: findings.added.map((finding) => findingLine(finding, after)),
      gone: findings.gone.map((finding) => findingLine(finding, before)),
      kept: findings.kept,
    },
  };
}

function sideOf(snapshot: Snapshot): DiffSide {
  const { title, bytes, memory } = snapshot;
  return { title, layout: nameOfLayout(snapshot), description: describeLayout(snapshot), bytes, pages: memory.pages };
}

function structureRow({ before, after, difference }: ComparedStructure, all: readonly ComparedStructure[]): StructureRow {
  const placed = after ?? before;
  if (placed === undefined) throw new Error('A structure is on no side.');
  const { added, removed, changed, incomplete } = difference;
  const { part, structure, space } = placed;
  const isElsewhere = (other: ComparedStructure): boolean => (after ? other.after === undefined : other.before === undefined);
  const other =
    before && after ? undefined : all.find((each) => isElsewhere(each) && (each.before ?? each.after)?.space.part === space.part);
  const isChanged = added > 0 || removed > 0 || changed > 0;
  return {
    part,
    ...(space.name === undefined ? {} : { name: space.name }),
    kind: structure.kind,
    change: before === undefined ? 'added' : after === undefined ? 'removed' : isChanged ? 'changed' : 'none',
    added,
    removed,
    changed,
    ...(before?.structure.length === undefined ? {} : { lengthBefore: String(before.structure.length) }),
    ...(after?.structure.length === undefined ? {} : { lengthAfter: String(after.structure.length) }),
    ...(other?.before === undefined ? {} : { kindBefore: other.before.structure.kind }),
    ...(other?.after === undefined ? {} : { kindAfter: other.after.structure.kind }),
    ...(incomplete === undefined ? {} : { incomplete }),
  };
}

function memoryRow(difference: MemoryDifference): MemoryRow {
  const { part, name, before, after, moved, changedPages, incomplete } = difference;
  return {
    part,
    ...(name === undefined ? {} : { name }),
    change: changeOf(difference),
    ...(before && { pagesBefore: before.pages, kindsBefore: before.kinds, blocksBefore: before.pieces }),
    ...(after && { pagesAfter: after.pages, kindsAfter: after.kinds, blocksAfter: after.pieces }),
    ...(moved > 0 ? { moved } : {}),
    ...(changedPages === undefined ? {} : { changedPages }),
    ...(incomplete === undefined ? {} : { incomplete }),
  };
}

/** Returns the difference that matters most. */
function changeOf({ before, after, moved, changedPages = 0, incomplete }: MemoryDifference): MemoryRow['change'] {
  if (before === undefined) return 'added';
  if (after === undefined) return 'removed';
  if (incomplete === undefined && kindsDiffer(before, after)) return 'kind';
  if (before.pages !== after.pages) return before.pages < after.pages ? 'grown' : 'shrunk';
  if (moved > 0) return 'moved';
  return changedPages > 0 || incomplete === undefined ? 'bytes' : 'unknown';
}

function usageRow({ before, after }: { readonly before: UsageState; readonly after: UsageState }) {
  return { before: figuresOf(before), after: figuresOf(after), difference: differenceOf(before, after) };
}

function figuresOf({ bytes, usage, cyclesPerYear }: UsageState): UsageFigures {
  return { bytes, ...usage, cyclesPerYear: String(cyclesPerYear) };
}

function differenceOf(before: UsageState, after: UsageState): UsageFigures {
  const by = (use: keyof Usage): number => after.usage[use] - before.usage[use];
  return {
    bytes: after.bytes - before.bytes,
    metadata: by('metadata'),
    live: by('live'),
    free: by('free'),
    slack: by('slack'),
    leaked: by('leaked'),
    unmanaged: by('unmanaged'),
    unknown: by('unknown'),
    cyclesPerYear: String(after.cyclesPerYear - before.cyclesPerYear),
  };
}
