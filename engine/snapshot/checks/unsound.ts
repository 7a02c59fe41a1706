import { FINDINGS, type FindingCode } from '../../core/findings.ts';
import { offsetAt } from '../../core/memory/memory.ts';
import type { PlacedFinding } from '../placed.ts';
import type { Snapshot } from '../snapshot.ts';

/**
 * Returns what may be said of an image after a walk: its findings, or where its bytes are not those of one state, that alone. A file that
 * changed while it was read shows old pages beside new ones, and a damaged packed file shows bytes that nobody wrote.
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

/** Whether all of the image was read, and as it is. */
export function isWhole(snapshot: Snapshot): boolean {
  return snapshot.missing.length === 0 && snapshot.broken === undefined && snapshot.change() === undefined;
}

function findingOf({ bytes }: Snapshot, code: FindingCode, message: string): PlacedFinding {
  const at = { start: offsetAt(0, 0), length: bytes };
  return { code, severity: FINDINGS[code].severity, part: 'image', at, message, path: [] };
}
