import { formatBytes, formatCounted, formatCycles } from '../../core/format.ts';
import { signedBytes, signedCycles } from '../diff/diff-text.ts';
import { LEFT, RIGHT, textTable } from '../text-table.ts';
import { type GrowthReport, nameOfOwner } from './growth-report.ts';

/** Maximum snapshots that have a column in the table of owners. */
const MAX_COLUMNS = 6;
/** Maximum owners in the table. */
const MAX_OWNERS = 24;

/** Returns the growth as lines for people, with the same width of every letter. */
export function growthText(report: GrowthReport): readonly string[] {
  const { snapshots } = report;
  return [
    ...snapshotTable(report),
    '',
    summaryOf(report),
    ...snapshots.flatMap(({ title, incomplete }) =>
      incomplete === undefined ? [] : [`Not all of ${title} could be read: ${incomplete}`],
    ),
    '',
    'Bytes by owner',
    ...ownerTable(report),
  ];
}

function snapshotTable({ snapshots }: GrowthReport): readonly string[] {
  const rows = snapshots.map(({ title, takenAt, usage }, index) => [
    String(index + 1),
    title,
    takenAt === undefined ? '' : shortTime(takenAt),
    formatBytes(usage.bytes),
    formatBytes(usage.live),
    formatBytes(usage.free + usage.slack),
    formatBytes(usage.leaked),
    formatCycles(usage.cyclesPerYear),
  ]);
  const names = ['', 'snapshot', 'taken', 'memory', 'live', 'free, slack', 'leaked', 'cycles a year'];
  return withoutEmpty(names, rows, [RIGHT, LEFT, LEFT, RIGHT, RIGHT, RIGHT, RIGHT, RIGHT]);
}

/** Leaves out the column of times if no snapshot has one. */
function withoutEmpty(
  names: readonly string[],
  rows: readonly (readonly string[])[],
  align: readonly (typeof LEFT)[],
): readonly string[] {
  const isUsed = (_: unknown, column: number): boolean => rows.some((row) => row[column] !== '');
  return textTable(
    names.filter(isUsed),
    rows.map((row) => row.filter(isUsed)),
    align.filter(isUsed),
  );
}

/** Returns a time to the minute: `2026-08-18 09:30`. */
export function shortTime(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}

function summaryOf({ snapshots, growth }: GrowthReport): string {
  if (snapshots.length < 2) return 'One snapshot shows no growth. Name several.';
  const { bytes, cyclesPerYear, bytesPerDay } = growth;
  if (bytes === 0) return 'The memory has the same size in the first and in the last.';
  const daily = bytesPerDay === undefined ? '' : `, ${signedBytes(bytesPerDay)} a day`;
  return `From the first to the last: ${signedBytes(bytes)}${daily}, ${signedCycles(cyclesPerYear)} cycles a year.`;
}

function ownerTable({ snapshots, owners }: GrowthReport): readonly string[] {
  const columns = pickColumns(snapshots.length);
  const rows = owners.slice(0, MAX_OWNERS).map((owner) => {
    const bytes = (index: number): number => owner.bytes[index] ?? 0;
    return [
      nameOfOwner(owner),
      ...columns.map((index) => formatBytes(bytes(index))),
      signedBytes(bytes(snapshots.length - 1) - bytes(0)),
      signedBytes((owner.live.at(-1) ?? 0) - (owner.live[0] ?? 0)),
    ];
  });
  const names = ['owner', ...columns.map((index) => String(index + 1)), 'growth', 'of live'];
  const others = owners.length - rows.length;
  return [
    ...textTable(names, rows, [LEFT, ...names.map(() => RIGHT)]),
    ...(others > 0 ? [`… and ${formatCounted(others, 'other owner')}`] : []),
  ].map((line) => `  ${line}`);
}

/** Returns the indexes of up to six snapshots: the first, the last, and some between them. */
function pickColumns(count: number): readonly number[] {
  const columns = Math.min(count, MAX_COLUMNS);
  if (columns < 2) return count === 0 ? [] : [0];
  return Array.from({ length: columns }, (_, column) => Math.round((column * (count - 1)) / (columns - 1)));
}
