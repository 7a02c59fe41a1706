import { FINDINGS, type Severity } from '../../core/findings.ts';
import { formatAddress } from '../../core/format.ts';
import type { LocatedFinding } from './located.ts';

/** Commands of GitHub's runner by severity. */
const COMMANDS: Record<Severity, string> = { error: 'error', warning: 'warning', information: 'notice' };

/** Returns a finding as a workflow command of GitHub Actions, which its runner shows as an annotation. */
export function annotationOf({ finding, file, line }: LocatedFinding): string {
  const { code, severity, message, part, offset } = finding;
  const properties = { file, ...(line === undefined ? {} : { line: String(line) }), title: `${code} in ${part}` };
  const list = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(value)}`);
  const place = line === undefined ? ` At ${formatAddress(offset)}.` : '';
  return `::${COMMANDS[severity]} ${list.join(',')}::${escapeData(`${message}${place}\n${FINDINGS[code].remedy}`)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
