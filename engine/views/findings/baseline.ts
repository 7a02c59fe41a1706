import { UserError } from '../../core/user-error.ts';

/**
 * Findings that are known and pass, as a file. A finding is the same if its code, part and message are.
 *
 * ```json
 * { "schema": "stable-memory/baseline/1", "findings": [ { "code": "…", "part": "…", "message": "…" } ] }
 * ```
 */
const SCHEMA = 'stable-memory/baseline/1';

/** The fields that identify a finding. */
export interface KnownFinding {
  readonly code: string;
  readonly part: string;
  readonly message: string;
}

/** Known findings, by their keys. */
export type Baseline = ReadonlySet<string>;

/** Returns the text of a baseline: sorted, with one line for each finding. */
export function writeBaseline(findings: readonly KnownFinding[]): string {
  const lines = new Set(findings.map(({ code, part, message }) => JSON.stringify({ code, part, message })));
  const list = [...lines].sort().map((line) => `\n    ${line}`);
  return `{\n  "schema": "${SCHEMA}",\n  "findings": [${list.join(',')}${list.length > 0 ? '\n  ' : ''}]\n}\n`;
}

/** Reads a baseline. `file`: its name, for messages. @throws UserError if it is not one */
export function readBaseline(text: string, file: string): Baseline {
  const fail = (problem: string): never => {
    throw new UserError('file', `${file} is not a baseline: ${problem} "check --baseline FILE --write-baseline" writes one.`);
  };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return fail('it is not JSON.');
  }
  if (!isRecord(json) || json['schema'] !== SCHEMA) return fail(`its schema is not "${SCHEMA}".`);
  const { findings } = json;
  if (!Array.isArray(findings)) return fail('its "findings" are not a list.');
  return new Set(
    findings.map((finding: unknown, index) =>
      isKnownFinding(finding) ? keyOf(finding) : fail(`finding ${index + 1} does not have a code, a part and a message.`),
    ),
  );
}

/** Leaves out findings of a baseline. A finding that follows from one of them stays, without its cause. */
export function withoutKnown<Item extends KnownFinding & { readonly causedBy?: number }>(
  findings: readonly Item[],
  baseline: Baseline,
): readonly Item[] {
  const places = new Map<number, number>();
  const left = findings.filter((finding, index) => {
    if (baseline.has(keyOf(finding))) return false;
    places.set(index, places.size);
    return true;
  });
  return left.map((finding) =>
    finding.causedBy === undefined ? finding : { ...finding, causedBy: places.get(finding.causedBy) },
  );
}

function keyOf({ code, part, message }: KnownFinding): string {
  return JSON.stringify([code, part, message]);
}

function isKnownFinding(value: unknown): value is KnownFinding {
  return isRecord(value) && [value['code'], value['part'], value['message']].every((field) => typeof field === 'string');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
