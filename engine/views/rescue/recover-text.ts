import { cut, formatAddress, formatCount, formatCounted, isOrAre } from '../../core/format.ts';
import type { RecoverySource } from '../../recover/recovered.ts';
import { LEFT, RIGHT, textTable } from '../text-table.ts';
import type { RecoverLine, RecoverReport } from './recover-lines.ts';

const SOURCE_NAMES = {
  'freed-chunk': 'freed chunks',
  'leaked-chunk': 'leaked chunks',
  'unreached-chunk': 'chunks behind damage',
  'stale-chunk': 'chunks from before it was cleared',
  'lost-header': 'after a lost header',
  'past-end': 'after the last element',
  popped: 'before the first element',
  'free-block': 'free blocks',
  'overwritten-dump': 'an overwritten upgrade dump',
} as const satisfies Record<RecoverySource, string>;

const NAMES = ['part', 'where', 'whole', 'doubtful', 'partial', 'in use, too', 'other value in use'];
const MAX_TEXT = 120;

/** Returns the lines of a report for people. */
export function recoverText({ entries, sources, hidden, reason }: RecoverReport): readonly string[] {
  const rows = sources.map(({ part, source, whole, doubtful, partial, inUse, otherValue }) => [
    part,
    SOURCE_NAMES[source],
    ...[whole, doubtful, partial, inUse, otherValue].map(formatCount),
  ]);
  const table = textTable(NAMES, rows, [LEFT, LEFT, RIGHT, RIGHT, RIGHT, RIGHT, RIGHT]);
  return [
    entries === 0
      ? 'Nothing was found that could be recovered.'
      : `${formatCounted(entries, 'entry', 'entries')} ${isOrAre(entries)} left in bytes that no structure uses.`,
    ...(entries === 0 ? [] : ['', ...table]),
    ...hidden.flatMap(({ part, reason: why }) => ['', `${part}: ${why}`]),
    ...(reason === undefined ? [] : ['', `Not everything was searched: ${reason}`]),
  ];
}

/** Returns the columns of a recovered element for people. */
export function recoverColumns(line: RecoverLine): readonly string[] {
  const { part, source, position, chunk, address, confidence, reason, inUse } = line;
  const place = chunk === undefined ? address : chunk;
  const where = `${SOURCE_NAMES[source]}${place === undefined ? '' : ` ${formatAddress(place)}`}`;
  const use = inUse === undefined ? [] : [inUse === 'same' ? 'in use, too' : 'in use with another value'];
  return [
    part,
    where,
    ...(position === undefined ? [] : [`[${formatCount(position)}]`]),
    ...(line.path === undefined ? [] : [line.path]),
    ...(line.keyText === undefined ? [] : [cut(line.keyText, MAX_TEXT)]),
    ...(line.valueText === undefined ? [] : [line.valueText === '' ? '(empty)' : cut(line.valueText, MAX_TEXT)]),
    ...use,
    ...(confidence === 'whole' ? [] : [`${confidence}: ${reason ?? ''}`]),
  ];
}
