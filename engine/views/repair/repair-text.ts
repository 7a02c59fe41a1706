import { formatAddress, formatCounted } from '../../core/format.ts';
import type { FindingLine } from '../check.ts';
import type { FindingsOfSide, RepairReport } from './repair-report.ts';

/** Returns the report for people, line by line. */
export function* repairText(report: RepairReport): Generator<string> {
  const { repaired, refused, before, after, folder, patch, remarks = [] } = report;
  if (repaired.length === 0 && before.errors + before.warnings === 0) {
    yield 'Nothing to repair: there are no errors and no warnings.';
    return;
  }
  if (repaired.length > 0) {
    yield 'Repaired';
    for (const line of repaired) {
      yield `  ${describe(line)}`;
      yield `    ${line.repair} ${formatCounted(line.bytes, 'byte')} changed.`;
    }
    yield '';
  }
  if (refused.length > 0) {
    yield 'Not repaired';
    for (const line of refused) {
      yield `  ${describe(line)}`;
      yield `    ${line.why}`;
    }
    yield '';
  }
  yield `Before: ${countsOf(before)}.`;
  yield repaired.length === 0 ? 'Nothing was repaired.' : `After: ${countsOf(after)}.`;
  if (folder !== undefined) yield `${folder} was written, and checked again.`;
  if (patch !== undefined) yield `${patch} was written.`;
  yield* remarks;
}

function describe({ severity, message, part, offset, length, code }: FindingLine): string {
  return `${severity}: ${message}  ${part}, ${formatAddress(offset)} +${length}  [${code}]`;
}

function countsOf({ errors, warnings }: FindingsOfSide): string {
  return `${formatCounted(errors, 'error')}, ${formatCounted(warnings, 'warning')}`;
}
