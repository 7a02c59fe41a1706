import type { FindingCode, Severity } from '../core/findings.ts';
import { isWhole } from '../snapshot/checks/unsound.ts';
import { cyclesPerYear } from '../snapshot/cost.ts';
import type { FullScan } from '../snapshot/full-scan.ts';
import type { PlacedFinding } from '../snapshot/placed.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** One finding of `stable-memory check --json`. */
export interface FindingLine {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** The bytes concerned, in the image. */
  readonly offset: number;
  readonly length: number;
  /** The part that it was found in: a structure, a memory, the manager, the image. */
  readonly part: string;
  /** A sentence. */
  readonly message: string;
  /** Bytes that the canister pays for although nothing uses them, and what they cost, a decimal string. */
  readonly wasted?: number;
  readonly cyclesPerYear?: string;
  /** How the reader came there, outermost first. */
  readonly path?: readonly string[];
  /** The index of the finding that this one follows from. */
  readonly causedBy?: number;
  /** Number of further findings of the same cause that the list leaves out. */
  readonly more?: number;
}

/** `stable-memory check --json`, schema `stable-memory/check/1`. Fields may be added, never renamed. */
export interface CheckReport {
  readonly schema: 'stable-memory/check/1';
  /** True where all of the snapshot was there and was read. */
  readonly complete: boolean;
  /** Most severe first, then by place; each is followed by those that follow from it. */
  readonly findings: readonly FindingLine[];
  /** Number of findings that are not listed because the baseline has them. */
  readonly known?: number;
  readonly remarks?: readonly string[];
}

/** @param known number of findings that a baseline has, and that `scan` does not list */
export function checkReport(snapshot: Snapshot, { findings, cutShort }: FullScan, known = 0): CheckReport {
  return {
    schema: 'stable-memory/check/1',
    complete: cutShort === undefined && isWhole(snapshot),
    findings: findings.map((finding) => findingLine(finding, snapshot)),
    ...(known > 0 ? { known } : {}),
    ...(snapshot.remarks.length > 0 ? { remarks: snapshot.remarks } : {}),
  };
}

/** Returns a finding as one of a list. */
export function findingLine(finding: PlacedFinding, { rate }: Pick<Snapshot, 'rate'>): FindingLine {
  const { code, severity, at, part, message, wasted, path, causedBy, more } = finding;
  return {
    code,
    severity,
    offset: at.start,
    length: at.length,
    part,
    message,
    ...(wasted === undefined || causedBy !== undefined ? {} : { wasted, cyclesPerYear: String(cyclesPerYear(wasted, rate)) }),
    ...(path.length > 0 ? { path } : {}),
    ...(causedBy === undefined ? {} : { causedBy }),
    ...(more === undefined ? {} : { more }),
  };
}
