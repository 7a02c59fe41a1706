import { cut, formatBytes, formatCount, formatCounted, formatCycles } from '../../core/format.ts';
import { STRUCTURE_NAMES, type StructureKind } from '../../core/structure-kinds.ts';
import type { Usage } from '../../core/usage-runs.ts';
import type { FindingLine } from '../check.ts';
import { LEFT, RIGHT, textTable } from '../text-table.ts';
import type { DiffReport, MemoryRow, StructureRow, UsageFigures } from './diff-report.ts';
import type { EntryDifference, EntryState, IncompleteDifference } from './entry-differences.ts';

/** Maximum owners of bytes in the table, those with the most changes. */
const MAX_OWNERS = 12;
/** Maximum findings that are listed of each kind. */
const MAX_FINDINGS = 20;

/** Returns a comparison as lines for people, with the same width of every letter. */
export function diffText(report: DiffReport): readonly string[] {
  const { structures, memories, usage, findings } = report;
  return [
    ...sides(report),
    '',
    ...sentences(report),
    ...section('Structures', structureLines(structures)),
    ...section('Memories', memoryLines(memories)),
    ...section('Stable variables', variableLines(report)),
    ...section('Bytes', usageLines(usage)),
    ...section('Bytes by owner', ownerLines(usage)),
    ...section('New findings', findingLines(findings.new)),
    ...section('Findings that are gone', findingLines(findings.gone)),
  ];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}

function sides({ before, after, usage }: DiffReport): readonly string[] {
  const { bytes, cyclesPerYear } = usage.difference;
  const grown = bytes === 0 ? '' : ` · ${signedBytes(bytes)}, ${signedCycles(cyclesPerYear)} cycles a year`;
  return [
    `before  ${before.title} · ${formatBytes(before.bytes)} · ${before.description}`,
    `after   ${after.title} · ${formatBytes(after.bytes)} · ${after.description}${grown}`,
  ];
}

/** Returns what matters most, a sentence or more in each text. */
export function sentences(report: DiffReport): readonly string[] {
  const { same, identical, identicalInUse = false, complete, reasons = [], structures, memories, findings } = report;
  const cautions = complete ? [] : ['Not everything could be compared:', ...reasons.map((reason) => `  ${reason}`)];
  if (identical) return [complete ? 'All bytes are the same.' : 'All bytes that are there are the same.', ...cautions];
  if (same && identicalInUse) return ['All bytes in use are the same.', ...cautions];
  const kinds = structures.flatMap(({ part, kind, kindBefore }) =>
    kindBefore === undefined
      ? []
      : [`${spaceOf(part)} held a ${STRUCTURE_NAMES[kindBefore]}. Now it holds a ${STRUCTURE_NAMES[kind]}.`],
  );
  if (same) return ['Nothing has changed but where the bytes are and how they are used.', ...cautions];
  const sum = (by: 'added' | 'removed' | 'changed'): number => structures.reduce((all, row) => all + row[by], 0);
  const counts = (['added', 'removed', 'changed'] as const).flatMap((by) => {
    const count = sum(by);
    return count === 0 ? [] : [`${formatCounted(count, 'entry', 'entries')} ${by}`];
  });
  const others = [
    ...counted(memories.length, 'memory differs', 'memories differ'),
    ...counted(findings.new.length, 'finding is new', 'findings are new'),
    ...counted(findings.gone.length, 'finding is gone', 'findings are gone'),
  ];
  const sentence = (parts: readonly string[]): readonly string[] => (parts.length === 0 ? [] : [`${parts.join(', ')}.`]);
  return [...kinds, ...sentence(counts.length > 0 ? counts : ['No entry has changed']), ...sentence(others), ...cautions];
}

function counted(count: number, one: string, many: string): readonly string[] {
  return count === 0 ? [] : [`${formatCount(count)} ${count === 1 ? one : many}`];
}

function spaceOf(part: string): string {
  return part.slice(0, part.lastIndexOf('/'));
}

function structureLines(structures: readonly StructureRow[]): readonly string[] {
  const isShown = ({ change, incomplete }: StructureRow): boolean => change !== 'none' || incomplete !== undefined;
  const shown = structures.filter(isShown);
  const same = structures.length - shown.length;
  const table = textTable(
    ['', 'part', 'kind', 'added', 'removed', 'changed', 'length', ''],
    shown.map((row) => [
      SIGNS[row.change],
      row.name === undefined ? row.part : `${row.part} “${row.name}”`,
      kindOf(row),
      formatCount(row.added),
      formatCount(row.removed),
      formatCount(row.changed),
      lengthOf(row),
      row.incomplete === undefined ? '' : 'not complete',
    ]),
    [LEFT, LEFT, LEFT, RIGHT, RIGHT, RIGHT, LEFT, LEFT],
  );
  return [
    ...(shown.length === 0 ? [] : table),
    ...(same === 0 ? [] : [`${formatCounted(same, 'structure')} ${same === 1 ? 'is' : 'are'} the same.`]),
  ];
}

const SIGNS = { none: '?', changed: '~', added: '+', removed: '-' } as const satisfies Record<StructureRow['change'], string>;

function kindOf({ kind, kindBefore, kindAfter }: StructureRow): string {
  const name = (one: StructureKind): string => STRUCTURE_NAMES[one];
  if (kindBefore !== undefined) return `${name(kind)}, was ${name(kindBefore)}`;
  return kindAfter === undefined ? name(kind) : `${name(kind)}, now ${name(kindAfter)}`;
}

function lengthOf({ lengthBefore, lengthAfter }: StructureRow): string {
  if (lengthBefore === lengthAfter) return lengthAfter === undefined ? '' : formatCount(lengthAfter);
  const text = (length: string | undefined): string => (length === undefined ? 'none' : formatCount(length));
  return `${text(lengthBefore)} → ${text(lengthAfter)}`;
}

/** Names of ranges that are in no memory. */
const RANGES: readonly string[] = ['stable variables', 'unmanaged'];

function memoryLines(memories: readonly MemoryRow[]): readonly string[] {
  const rows = memories.map((row) => {
    const isRange = row.name !== undefined && RANGES.includes(row.name);
    const name = row.name === undefined ? '' : isRange ? ` (${row.name})` : ` “${row.name}”`;
    return { memory: `${row.part}${name}`, change: describeMemory(row) };
  });
  const width = Math.max(...rows.map(({ memory }) => memory.length));
  return rows.map(({ memory, change }) => `${memory.padEnd(width)}  ${change}`);
}

/** Returns what changed about a memory: `new, 8 pages in 1 bucket`. */
export function describeMemory(row: MemoryRow): string {
  const { part, change, pagesBefore = 0, pagesAfter = 0, blocksBefore = [], blocksAfter = [], moved = 0, changedPages = 0 } = row;
  const [one, many] = part.startsWith('region') ? ['block', 'blocks'] : ['bucket', 'buckets'];
  const size = (pages: number, blocks: readonly number[]): string =>
    `${formatCounted(pages, 'page')}${blocks.length === 0 ? '' : ` in ${formatCounted(blocks.length, one, many)}`}`;
  if (change === 'added') return `new, ${size(pagesAfter, blocksAfter)}`;
  if (change === 'removed') return `gone, had ${size(pagesBefore, blocksBefore)}`;
  const more = blocksAfter.length - blocksBefore.length;
  return [
    ...(pagesBefore === pagesAfter ? [] : [`${formatCount(pagesBefore)} → ${formatCounted(pagesAfter, 'page')}`]),
    ...(change === 'kind' ? [`held ${kindsOf(row.kindsBefore)}, now holds ${kindsOf(row.kindsAfter)}`] : []),
    ...(more === 0 ? [] : [`${formatCounted(Math.abs(more), one, many)} ${more > 0 ? 'more' : 'fewer'}`]),
    ...(moved > 0 ? [`${formatCounted(moved, one, many)} moved`] : []),
    ...(changedPages > 0 ? [`${formatCounted(changedPages, 'page')} with other bytes`] : []),
    ...(row.incomplete === undefined ? [] : ['not complete']),
  ].join(', ');
}

function kindsOf(kinds: readonly string[] = []): string {
  return kinds.length === 0 ? 'nothing known' : kinds.join(', ');
}

function variableLines({ variables = [] }: DiffReport): readonly string[] {
  return variables.map(({ name, before, after }) => {
    if (before === undefined) return `+ ${name}: ${after?.value ?? after?.type ?? ''}`;
    if (after === undefined) return `- ${name}: ${before.value ?? before.type ?? ''}`;
    const [old, now] = before.value === after.value ? [before.type, after.type] : [before.value, after.value];
    return `~ ${name}: ${old ?? ''} → ${now ?? ''}`;
  });
}

/** The uses of bytes that are compared, with their names. */
export const USES = [
  ['live', 'live'],
  ['free', 'free'],
  ['leaked', 'leaked'],
  ['slack', 'slack'],
  ['metadata', 'metadata'],
  ['unmanaged', 'unmanaged'],
  ['unknown', 'unknown'],
] as const satisfies readonly (readonly [keyof Usage, string])[];

function usageLines({ before, after, difference }: DiffReport['usage']): readonly string[] {
  const rows = USES.filter(([use]) => difference[use] !== 0).map(([use, name]) => [
    name,
    formatBytes(before[use]),
    formatBytes(after[use]),
    signedBytes(difference[use]),
  ]);
  return rows.length === 0 ? [] : textTable(['', 'before', 'after', 'change'], rows, [LEFT, RIGHT, RIGHT, RIGHT]);
}

function ownerLines({ owners }: DiffReport['usage']): readonly string[] {
  const changes = owners
    .map((owner) => ({ ...owner, size: USES.reduce((sum, [use]) => sum + Math.abs(owner.difference[use]), 0) }))
    .filter(({ size }) => size > 0)
    .sort((a, b) => b.size - a.size);
  if (changes.length === 0) return [];
  const rows = changes.slice(0, MAX_OWNERS).map(({ part, name, difference }) => ({
    owner: name === undefined ? part : `${part} (${name})`,
    change: difference.bytes === 0 ? describeUse(difference) : describeGrowth(difference),
  }));
  const width = Math.max(...rows.map(({ owner }) => owner.length));
  const more = changes.length - rows.length;
  return [
    ...rows.map(({ owner, change }) => `${owner.padEnd(width)}  ${change}`),
    ...(more > 0 ? [`… and ${formatCounted(more, 'other owner')}`] : []),
  ];
}

function describeGrowth(difference: UsageFigures): string {
  const { bytes, cyclesPerYear } = difference;
  return `${signedBytes(bytes)} (${describeUse(difference)}), ${signedCycles(cyclesPerYear)} cycles a year`;
}

/** Returns which bytes changed: `live +48 B, free -48 B`. */
export function describeUse(difference: UsageFigures): string {
  return USES.filter(([use]) => difference[use] !== 0)
    .map(([use, name]) => `${name} ${signedBytes(difference[use])}`)
    .join(', ');
}

function findingLines(findings: readonly FindingLine[]): readonly string[] {
  const more = findings.length - MAX_FINDINGS;
  return [
    ...findings.slice(0, MAX_FINDINGS).map(({ severity, part, message, code }) => `${severity}: ${part}: ${message}  [${code}]`),
    ...(more > 0 ? [`… and ${formatCount(more)} more`] : []),
  ];
}

/** Returns a change in bytes: `+1.5 MiB`, `-8 B`, `0`. */
export function signedBytes(bytes: number): string {
  return bytes === 0 ? '0' : `${bytes < 0 ? '-' : '+'}${formatBytes(Math.abs(bytes))}`;
}

/** Returns a change in cycles: `+1.27 T`. */
export function signedCycles(cycles: string): string {
  if (cycles === '0') return '0';
  return cycles.startsWith('-') ? `-${formatCycles(cycles.slice(1))}` : `+${formatCycles(cycles)}`;
}

/** Maximum characters of a text in a line. */
const MAX_TEXT = 160;

/** Returns an entry that differs as a line for people: `~ 4560: "old" → "new"`. */
export function entryText(line: EntryDifference | IncompleteDifference): string {
  if ('incomplete' in line) return `? The list is not complete: ${line.reason}`;
  const { change, before, after, parts = [] } = line;
  const name = line.path ?? line.keyText ?? String((after ?? before)?.index ?? '');
  const value = (state: EntryState | undefined): string =>
    state?.valueText === '' ? '(empty)' : cut(state?.valueText ?? '', MAX_TEXT);
  const changes = parts
    .map((part) => `${part.part} ${cut(part.before ?? 'none', MAX_TEXT)} → ${cut(part.after ?? 'none', MAX_TEXT)}`)
    .join(', ');
  switch (change) {
    case 'added':
      return titled('+', name, value(after));
    case 'removed':
      return titled('-', name, value(before));
    case 'changed':
      return titled('~', name, changes === '' ? `${value(before)} → ${value(after)}` : changes);
  }
}

function titled(sign: string, name: string, text: string): string {
  return text === '' ? `${sign} ${cut(name, MAX_TEXT)}` : `${sign} ${cut(name, MAX_TEXT)}: ${text}`;
}
