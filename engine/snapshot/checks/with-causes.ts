import type { PartId } from '../../core/part-ids.ts';
import type { PlacedFinding } from '../placed.ts';
import type { Snapshot } from '../snapshot.ts';
import { endsTooEarly, extentsOf, OF_ABSENCE } from './absence.ts';
import { bySeverity, underCauses } from './causes.ts';
import { consequencesWithin } from './consequences.ts';
import { findCutStructures } from './cut-structure.ts';
import { findProvenCauses } from './proven-cause.ts';

/** Puts what follows from one damage under it. */
export function withCauses(snapshot: Snapshot, found: readonly PlacedFinding[]): readonly PlacedFinding[] {
  const proven = [...findProvenCauses(snapshot, found), ...findCutStructures(snapshot, found)];
  const known = proven.length === 0 ? withoutWhatIsCut(snapshot, found) : found;
  const findings = [...known, ...proven.map(({ finding }) => finding)].sort(bySeverity);
  const causes = new Map(consequencesWithin(findings));
  for (const { finding, explains } of proven) for (const effect of explains) causes.set(effect, finding);
  return underCauses(findings, causes);
}

/** Leaves out what is found in memories whose buckets or blocks lie beyond the end of a file that was cut between two pages. */
function withoutWhatIsCut(snapshot: Snapshot, found: readonly PlacedFinding[]): readonly PlacedFinding[] {
  const { bytes, layout, places, spaces } = snapshot;
  if (places.isIncomplete || !endsTooEarly(layout, bytes)) return found;
  const cut = spaces.filter((space) => extentsOf(space).some(({ start, length }) => length > 0 && start + length > bytes));
  const parts = new Set<PartId>(cut.map(({ part }) => part));
  for (const { part, spaces: own } of snapshot.structures) if (own.some((space) => cut.includes(space))) parts.add(part);
  const stays = ({ code, part }: PlacedFinding): boolean =>
    code === 'mm.bucket-outside-image' ||
    !(parts.has(part) || code === 'region.trailer' || (cut.length > 0 && OF_ABSENCE.has(code)));
  return found.filter(stays);
}
