/** Findings as SARIF 2.1.0 (OASIS), which code scanning services and editors read. */
import { FINDINGS, type FindingCode, type Severity } from '../../core/findings.ts';
import type { LocatedFinding } from './located.ts';

/** Levels of SARIF by severity. */
const LEVELS: Record<Severity, 'error' | 'warning' | 'note'> = { error: 'error', warning: 'warning', information: 'note' };

/** The findings of one snapshot. */
export interface CheckedRun {
  readonly findings: readonly LocatedFinding[];
  /** False if not all of the snapshot could be checked. */
  readonly complete: boolean;
  readonly remarks: readonly string[];
}

/** Returns a log with a run for each snapshot. `version`: that of this tool. */
export function sarifLog(runs: readonly CheckedRun[], version: string): object {
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: runs.map((run) => sarifRun(run, version)),
  };
}

function sarifRun({ findings, complete, remarks }: CheckedRun, version: string): object {
  const codes = [...new Set(findings.map(({ finding }) => finding.code))];
  const ruleIndex = new Map(codes.map((code, index) => [code, index]));
  return {
    tool: { driver: { name: 'stable-memory', semanticVersion: version, rules: codes.map(ruleOf) } },
    invocations: [
      {
        executionSuccessful: complete,
        toolExecutionNotifications: remarks.map((text) => ({ level: 'note', message: { text } })),
      },
    ],
    results: findings.map((located) => resultOf(located, ruleIndex.get(located.finding.code) ?? 0)),
  };
}

function ruleOf(code: FindingCode): object {
  const { severity, means, remedy } = FINDINGS[code];
  return {
    id: code,
    shortDescription: { text: means },
    help: { text: remedy },
    defaultConfiguration: { level: LEVELS[severity] },
  };
}

function resultOf({ finding, file, line }: LocatedFinding, ruleIndex: number): object {
  const { code, severity, message, part, offset, length, path, wasted } = finding;
  // Services want a line of every result. An image has no lines, so its bytes are all in the first one.
  const region = line === undefined ? { startLine: 1, byteOffset: offset, byteLength: length } : { startLine: line };
  return {
    ruleId: code,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: message },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(file) }, region },
        logicalLocations: [{ fullyQualifiedName: part }],
      },
    ],
    partialFingerprints: { 'codePartMessage/v1': JSON.stringify([code, part, message]) },
    properties: { ...(path === undefined ? {} : { path }), ...(wasted === undefined ? {} : { wasted }) },
  };
}

/** Returns a path as a relative reference, or as a `file:` address if it is absolute. */
function uriOf(path: string): string {
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  return path.startsWith('/') ? `file://${encoded}` : encoded;
}
