import type { FullScan } from '../snapshot/full-scan.ts';
import type { PlacedStructure } from '../snapshot/placed.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** A snapshot, and what a full scan of it has found. */
export interface ScannedSnapshot {
  readonly snapshot: Snapshot;
  readonly scan: FullScan;
}

/** Returns whether anything may be damaged: there is an error, or the scan was cut short. */
export function hasErrors({ scan }: ScannedSnapshot): boolean {
  return scan.cutShort !== undefined || scan.findings.some(({ severity }) => severity === 'error');
}

/** Returns whether a structure may be damaged: an error in it, or in no other structure, such as one of the manager. */
export function mayBeDamaged({ snapshot, scan }: ScannedSnapshot, { part }: PlacedStructure): boolean {
  if (scan.cutShort !== undefined) return true;
  const others = new Set<string>(snapshot.structures.map((placed) => placed.part));
  others.delete(part);
  return scan.findings.some((finding) => finding.severity === 'error' && !others.has(finding.part));
}
