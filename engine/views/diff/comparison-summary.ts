import type { SnapshotComparison } from '../../compare/compare-snapshots.ts';
import { FINDINGS } from '../../core/findings.ts';
import { cut } from '../../core/format.ts';
import { STRUCTURE_NAMES } from '../../core/structure-kinds.ts';
import type { Usage } from '../../core/usage-runs.ts';
import type { PlacedStructure } from '../../snapshot/placed.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { nameOfSpace } from '../../snapshot/space.ts';
import type { FindingLine } from '../check.ts';
import { ELEMENT_NAMES, plural } from '../names.ts';
import type {
  ChangedBytes,
  ChangedFinding,
  ChangedThing,
  ComparedRow,
  ComparisonSummary,
  Listed,
  SideSummary,
  StructureSide,
} from './calls.ts';
import { type DiffReport, diffReport, type MemoryRow, type UsageFigures } from './diff-report.ts';
import { describeMemory, describeUse, sentences, USES } from './diff-text.ts';

/** Maximum structures, and maximum rows of each other list. */
const MAX_STRUCTURES = 400;
const MAX_ROWS = 100;
/** Maximum characters of a value or message in a list, and maximum sentences. */
const MAX_TEXT = 400;
const MAX_SENTENCES = 12;

/** Summarises a comparison. It has a bounded size. */
export function comparisonSummary(before: Snapshot, after: Snapshot, comparison: SnapshotComparison): ComparisonSummary {
  const report = diffReport(before, after, comparison);
  const { usage, findings } = report;
  return {
    before: sideSummary(report.before),
    after: sideSummary(report.after),
    sentences: listed(sentences(report), MAX_SENTENCES).items.map((text) => cut(text, MAX_TEXT)),
    isSame: report.same,
    isComplete: report.complete,
    cyclesPerYear: usage.difference.cyclesPerYear,
    structures: structureRows(report, comparison),
    memories: listed(report.memories.map((row) => memoryRow(row, before, after))),
    variables: listed((report.variables ?? []).map(variableRow)),
    uses: USES.map(([use, name]) => useRow(use, name, usage)),
    owners: ownerRows(report, before, after),
    newFindings: listed(findings.new.map(findingRow)),
    goneFindings: listed(findings.gone.map(findingRow)),
    keptFindings: findings.kept,
  };
}

function listed<Item>(items: readonly Item[], max = MAX_ROWS): Listed<Item> {
  return { items: items.slice(0, max), more: Math.max(0, items.length - max) };
}

function sideSummary({ title, description, bytes }: SideSummary): SideSummary {
  return { title, description, bytes };
}

function structureRows({ structures }: DiffReport, comparison: SnapshotComparison): Listed<ComparedRow> {
  const rows = structures.map((row, index): ComparedRow => {
    const pair = comparison.structures[index];
    const placed = pair?.after ?? pair?.before;
    const noun = ELEMENT_NAMES[row.kind];
    const { part, change, added, removed, changed } = row;
    return {
      ...{ index, part, change, added, removed, changed },
      name: placed === undefined ? part : nameOfSpace(placed.space),
      before: pair?.before && structureSide(pair.before),
      after: pair?.after && structureSide(pair.after),
      isReplaced: row.kindBefore !== undefined || row.kindAfter !== undefined,
      nouns: [noun, plural(noun)],
      incomplete: row.incomplete,
    };
  });
  const rank = (row: ComparedRow): number =>
    row.isReplaced ? 0 : row.change !== 'none' ? 1 : row.incomplete !== undefined ? 2 : 3;
  return listed(
    rows.sort((a, b) => rank(a) - rank(b) || a.index - b.index),
    MAX_STRUCTURES,
  );
}

function structureSide({ structure }: PlacedStructure): StructureSide {
  return {
    kind: STRUCTURE_NAMES[structure.kind],
    length: structure.length === undefined ? undefined : String(structure.length),
  };
}

function memoryRow(row: MemoryRow, before: Snapshot, after: Snapshot): ChangedThing {
  const change = row.change === 'added' || row.change === 'removed' ? row.change : 'changed';
  return { name: nameOfPlace(row, before, after), change, text: cut(describeMemory(row), MAX_TEXT) };
}

/** Returns the name of a memory, or of a range that is in none. */
function nameOfPlace(
  { part, name }: { readonly part: string; readonly name?: string },
  before: Snapshot,
  after: Snapshot,
): string {
  const space = [...after.spaces, ...before.spaces].find((each) => each.part === part);
  if (space !== undefined && (name === undefined || name === space.name)) return nameOfSpace(space);
  return name ?? part;
}

type VariableChange = NonNullable<DiffReport['variables']>[number];

function variableRow({ name, before, after }: VariableChange): ChangedThing {
  const shownText = (side: VariableChange['before']): string => side?.value ?? side?.type ?? '';
  if (before === undefined) return { name, change: 'added', text: cut(shownText(after), MAX_TEXT) };
  if (after === undefined) return { name, change: 'removed', text: cut(shownText(before), MAX_TEXT) };
  const [old, now] = before.value === after.value ? [before.type, after.type] : [before.value, after.value];
  return { name, change: 'changed', text: `${cut(old ?? '', MAX_TEXT)} → ${cut(now ?? '', MAX_TEXT)}` };
}

function useRow(use: keyof Usage, name: string, { before, after }: DiffReport['usage']): ChangedBytes {
  return { name, before: before[use], after: after[use], text: '', cyclesPerYear: '0' };
}

/** Returns the owners whose bytes changed, those with the most changes first. */
function ownerRows({ usage }: DiffReport, before: Snapshot, after: Snapshot): Listed<ChangedBytes> {
  const sizeOf = (difference: UsageFigures): number => USES.reduce((sum, [use]) => sum + Math.abs(difference[use]), 0);
  const changed = usage.owners
    .map((owner) => ({ ...owner, size: sizeOf(owner.difference) }))
    .filter(({ size }) => size > 0)
    .sort((a, b) => b.size - a.size);
  return listed(
    changed.map((owner) => ({
      name: nameOfPlace(owner, before, after),
      before: owner.before.bytes,
      after: owner.after.bytes,
      text: describeUse(owner.difference),
      cyclesPerYear: owner.difference.cyclesPerYear,
    })),
  );
}

function findingRow({ code, severity, part, message, offset, length }: FindingLine): ChangedFinding {
  const { remedy } = FINDINGS[code];
  return { code, severity, part, message: cut(message, MAX_TEXT), remedy, at: { start: offset, length } };
}
