import type { PartId } from '../../core/part-ids.ts';
import type { PlacedFinding } from '../placed.ts';
import type { Snapshot } from '../snapshot.ts';
import { ABSENCE_CODES, endsTooEarly, extentsOf } from './absence.ts';
import { bySeverity, underCauses } from './causes.ts';
import { consequencesWithin } from './consequences.ts';
import { findCutStructures } from './cut-structure.ts';
import { findProvenCauses } from './proven-cause.ts';

/** Sorts findings, and puts those that follow from one damage after it. */
export function withCauses(snapshot: Snapshot, found: readonly PlacedFinding[]): readonly PlacedFinding[] {
  const proven = [...findProvenCauses(snapshot, found), ...findCutStructures(snapshot, found)];
  const known = proven.length === 0 ? withoutCutMemories(snapshot, found) : found;
  const findings = [...known, ...proven.map(({ finding }) => finding)].sort(bySeverity);
  const causes = new Map(consequencesWithin(findings));
  for (const { finding, explains } of proven) for (const effect of explains) causes.set(effect, finding);
  return underCauses(findings, causes);
}

/** Removes findings in memories whose buckets or blocks are beyond the end of a file that was cut between two pages. */
function withoutCutMemories(snapshot: Snapshot, found: readonly PlacedFinding[]): readonly PlacedFinding[] {
  const { bytes, layout, places, spaces } = snapshot;
  if (places.isIncomplete || !endsTooEarly(layout, bytes)) return found;
  const cut = spaces.filter((space) => extentsOf(space).some(({ start, length }) => length > 0 && start + length > bytes));
  const parts = new Set<PartId>(cut.map(({ part }) => part));
  for (const { part, spaces: own } of snapshot.structures) if (own.some((space) => cut.includes(space))) parts.add(part);
  const stays = ({ code, part }: PlacedFinding): boolean =>
    code === 'mm.bucket-outside-image' ||
    !(parts.has(part) || code === 'region.trailer' || (cut.length > 0 && ABSENCE_CODES.has(code)));
  return found.filter(stays);
}
