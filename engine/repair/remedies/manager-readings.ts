import { formatCounted } from '../../core/format.ts';
import { at, readBytes } from '../../core/memory/memory.ts';
import { findProvenCauses } from '../../snapshot/checks/proven-cause.ts';
import { first, type Remedy, refused } from '../remedy.ts';
import { bytesAt } from './fixed-bytes.ts';

/** Writes the manager's bytes with which, as the check has proved, the findings that follow from the damage are gone. */
export const restoreProvenReading: Remedy = ({ finding, findings, snapshot }) => {
  const found = findings.filter(({ code }) => code !== finding.code);
  const proven = findProvenCauses(snapshot, found).find(({ finding: cause }) => cause.code === finding.code);
  if (proven === undefined) return refused('The check does not prove this damage any more.');
  const surplus = snapshot.memory.pages - proven.image.pages;
  if (surplus < 0) return refused('Pages are missing, and no repair brings them back. Download the snapshot again.');
  if (surplus > 0) {
    const what = `Cut ${formatCounted(surplus, 'page')} out of the image, which ${surplus === 1 ? 'is' : 'are'} not the canister's.`;
    return first({ what, writes: [], image: proven.image });
  }
  const bytes = readBytes(proven.image, at(0, finding.at.start), finding.at.length);
  return first(
    bytesAt(snapshot, finding.at.start, bytes, 'Restored the bytes of the manager with which everything can be read.'),
  );
};
