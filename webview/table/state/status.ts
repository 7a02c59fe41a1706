import { formatCount } from '../../../engine/core/format.ts';
import { countedOf, summaryOf, type TableState, totalOf } from './table-state.ts';

/** Returns sentences about what is listed: all rows, those that a filter left, what is sorted. */
export function statusOf(state: TableState): readonly string[] {
  const summary = summaryOf(state);
  if (summary === undefined) return [];
  return [filterStatus(state) ?? lengthStatus(state), sortStatus(state), ...summary.remarks].filter(
    (sentence) => sentence !== undefined,
  );
}

function lengthStatus(state: TableState): string {
  const { known, isWhole, top } = state;
  const { nouns = ['entry', 'entries'], length } = summaryOf(state) ?? {};
  if (isWhole && length !== undefined && length !== known)
    return `The header counts ${countedOf(length, nouns)}, but ${formatCount(known)} can be read.`;
  if (isWhole) return `${countedOf(known, nouns)}.`;
  if (length === undefined) return `${countedOf(known, nouns)} found so far.`;
  if (known < length && top >= known)
    return `Finding row ${formatCount(Math.floor(top))}: ${formatCount(known)} of ${countedOf(length, nouns)} are found so far.`;
  return `${countedOf(length, nouns)}, of which ${formatCount(known)} are found so far.`;
}

function filterStatus(state: TableState): string | undefined {
  const { filter } = state;
  if (filter === undefined) return undefined;
  const { nouns = ['entry', 'entries'] } = summaryOf(state) ?? {};
  const { rows, searched, end, note } = filter;
  const found = formatCount(rows.length);
  const total = totalOf(state);
  const looked = `${formatCount(searched)} of ${countedOf(total, nouns)}`;
  switch (end) {
    case undefined:
      return `${found} found so far. ${Math.floor((100 * searched) / Math.max(1, total))} % looked at: ${looked}.`;
    case 'done':
      return `${found} of ${countedOf(searched, nouns)} match.${note === undefined ? '' : ` ${note}`}`;
    case 'full':
      return `The first ${found} that match, in the first ${looked}. Narrow the filter to see others.`;
    case 'stopped':
      return `${found} match in the first ${looked}. The search was stopped there.`;
  }
}

function sortStatus(state: TableState): string | undefined {
  const { sort, sorted, unread } = state;
  const summary = summaryOf(state);
  if (sort === undefined || summary === undefined) return undefined;
  if (sorted === undefined) return `Reading rows to sort: ${formatCount(unread)} to go.`;
  const label = summary.columns.find(({ id }) => id === sort.column)?.label ?? sort.column;
  const total = state.filter === undefined ? totalOf(state) : state.filter.rows.length;
  const loaded =
    sorted.length >= total ? `all ${formatCount(total)}` : `${formatCount(sorted.length)} loaded of ${formatCount(total)}`;
  return `Sorted by ${label}, ${sort.direction}: ${loaded}.`;
}
