import type { Severity } from '../../core/findings.ts';
import type { Checked } from '../../repair/outcome.ts';
import type { Repaired } from '../../repair/repair.ts';
import type { PlacedFinding } from '../../snapshot/placed.ts';
import { type FindingLine, findingLine } from '../check.ts';

/** A finding that was repaired. */
interface RepairedLine extends FindingLine {
  /** A full sentence: what was written. */
  readonly repair: string;
  /** Number of bytes that changed. */
  readonly bytes: number;
}

/** A finding that was left as it is. */
interface RefusedLine extends FindingLine {
  /** A full sentence. */
  readonly why: string;
}

/** Findings before or after the repair. */
export interface FindingsOfSide {
  readonly errors: number;
  readonly warnings: number;
  readonly findings: readonly FindingLine[];
}

/** Places where something was written. */
export interface Written {
  /** The new snapshot folder. */
  readonly folder?: string;
  /** The file of the patch. */
  readonly patch?: string;
  /** Sentences about what the folder lacks. */
  readonly remarks?: readonly string[];
}

/** `stable-memory repair --json`, schema `stable-memory/repair/1`. Fields may be added, never renamed. */
export interface RepairReport extends Written {
  readonly schema: 'stable-memory/repair/1';
  readonly repaired: readonly RepairedLine[];
  readonly refused: readonly RefusedLine[];
  readonly before: FindingsOfSide;
  readonly after: FindingsOfSide;
}

export function repairReport({ before, after, made, refused }: Repaired, written: Written = {}): RepairReport {
  const line = (finding: PlacedFinding): FindingLine => {
    // Indexes into the list of all findings mean nothing here.
    const { causedBy: _, ...rest } = findingLine(finding, before.snapshot);
    return rest;
  };
  return {
    schema: 'stable-memory/repair/1',
    repaired: made.map(({ finding, what, bytes }) => ({ ...line(finding), repair: what, bytes })),
    refused: refused.map(({ finding, why }) => ({ ...line(finding), why })),
    before: sideOf(before),
    after: sideOf(after),
    ...written,
  };
}

function sideOf({ snapshot, listed }: Checked): FindingsOfSide {
  const count = (wanted: Severity): number => listed.filter(({ severity }) => severity === wanted).length;
  return {
    errors: count('error'),
    warnings: count('warning'),
    findings: listed.map((finding) => findingLine(finding, snapshot)),
  };
}
