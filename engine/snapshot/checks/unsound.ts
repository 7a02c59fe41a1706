import { FINDINGS, type FindingCode } from '../../core/findings.ts';
import { offsetAt } from '../../core/memory/memory.ts';
import type { PlacedFinding } from '../placed.ts';
import type { Snapshot } from '../snapshot.ts';

/**
 * Returns the findings of a scan that can be trusted. Where the bytes are not those of one state, a finding that says so replaces
 * them: a file that changed while it was read has old pages and new ones, and a damaged packed file has bytes that nobody wrote.
 */
export function soundFindings(snapshot: Snapshot, findings: readonly PlacedFinding[]): readonly PlacedFinding[] {
  const { broken } = snapshot;
  const change = snapshot.change();
  if (change !== undefined) return [findingOf(snapshot, 'image.changed', change)];
  if (broken === undefined) return findings;
  return [
    findingOf(snapshot, 'image.packing', broken),
    ...findings.filter(({ code }) => code === 'image.not-downloaded' || code === 'image.length'),
  ];
}

/** Returns whether the image was read completely and in one state. */
export function isWhole(snapshot: Snapshot): boolean {
  return snapshot.missing.length === 0 && snapshot.broken === undefined && snapshot.change() === undefined;
}

function findingOf({ bytes }: Snapshot, code: FindingCode, message: string): PlacedFinding {
  const at = { start: offsetAt(0, 0), length: bytes };
  return { code, severity: FINDINGS[code].severity, part: 'image', at, message, path: [] };
}
