import { cut, formatAddress, formatCount, formatCounted } from '../../core/format.ts';
import { visibleText } from '../../core/visible-text.ts';
import { LEFT, RIGHT, textTable } from '../text-table.ts';
import type { DecodedRole, DecodeFailure, DecodeReport } from './decode-report.ts';

const MAX_TYPE = 160;
const MAX_KEY = 60;
const MAX_PATH = 60;

/** Returns the report as lines for people. */
export function decodeText(report: DecodeReport): readonly string[] {
  const lines = report.types.flatMap((type, index) => [...(index > 0 ? [''] : []), ...roleLines(report, type)]);
  if (!report.complete) lines.push(`The list is not complete: ${report.reason}`);
  return lines;
}

function roleLines(report: DecodeReport, role: DecodedRole): readonly string[] {
  const failures = report.failures.filter((failure) => failure.role === role.role);
  const more = role.failed - failures.length;
  return [
    `${report.part}: ${sentenceOf(role)}`,
    ...(role.lossy > 0 ? [lossOf(role)] : []),
    ...(failures.length > 0 ? ['First failures', ...failureTable(failures).map((line) => `  ${line}`)] : []),
    ...(failures.length > 0 && more > 0 ? [`  … and ${formatCount(more)} more`] : []),
  ];
}

/** Returns the sentence with the counts: `12 of 1,000 values do not decode as text.` */
function sentenceOf({ role, type, checked, failed }: DecodedRole): string {
  const name = cut(type.replace(/\s+/g, ' '), MAX_TYPE);
  if (checked === 0) return `There are no ${role}s to decode as ${name}.`;
  if (failed > 0)
    return `${formatCount(failed)} of ${formatCounted(checked, role)} ${failed === 1 ? 'does' : 'do'} not decode as ${name}.`;
  return checked === 1 ? `The ${role} decodes as ${name}.` : `All ${formatCount(checked)} ${role}s decode as ${name}.`;
}

function lossOf({ role, lossy, firstLoss }: DecodedRole): string {
  const which =
    firstLoss === undefined
      ? ''
      : `, first in ${nameOf(firstLoss)}${firstLoss.path === undefined ? '' : ` at ${cut(firstLoss.path, MAX_PATH)}`}`;
  return `Of ${formatCounted(lossy, role)} a part is read as null${which}: ${firstLoss?.reason ?? ''}`;
}

function failureTable(failures: readonly DecodeFailure[]): readonly string[] {
  const keyed = failures.some(({ keyText }) => keyText !== undefined);
  const placed = failures.some(({ path }) => path !== undefined);
  const rows = failures.map((failure) => [
    formatCount(failure.index),
    ...(keyed ? [cut(visibleText(failure.keyText ?? ''), MAX_KEY)] : []),
    formatCount(failure.at),
    failure.offset === undefined ? '' : formatAddress(failure.offset),
    ...(placed ? [cut(visibleText(failure.path ?? ''), MAX_PATH)] : []),
    failure.reason,
  ]);
  const names = ['entry', ...(keyed ? ['key'] : []), 'byte', 'offset', ...(placed ? ['at'] : []), 'reason'];
  return textTable(names, rows, [RIGHT, ...(keyed ? [LEFT] : []), RIGHT, RIGHT, LEFT, LEFT]);
}

function nameOf({ index, keyText }: DecodeFailure): string {
  return keyText === undefined ? `entry ${formatCount(index)}` : cut(visibleText(keyText), MAX_KEY);
}
