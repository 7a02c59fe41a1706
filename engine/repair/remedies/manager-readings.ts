import { at, byteLength, readBytes } from '../../core/memory/memory.ts';
import { findProvenCauses } from '../../snapshot/checks/proven-cause.ts';
import { first, type Remedy, refused } from '../remedy.ts';
import { bytesAt } from './fixed-bytes.ts';

/** Writes the manager's bytes with which, as the check has proved, the findings that follow from the damage are gone. */
export const restoreProvenReading: Remedy = ({ finding, findings, snapshot }) => {
  const found = findings.filter(({ code }) => code !== finding.code);
  const proven = findProvenCauses(snapshot, found).find(({ finding: cause }) => cause.code === finding.code);
  if (proven === undefined) return refused('The check does not prove this damage any more.');
  if (byteLength(proven.image) !== byteLength(snapshot.memory))
    return refused(
      'All pages after this place would have to be moved. Download the snapshot again: the canister itself does not have this damage.',
    );
  const bytes = readBytes(proven.image, at(0, finding.at.start), finding.at.length);
  return first(
    bytesAt(snapshot, finding.at.start, bytes, 'Restored the bytes of the manager with which everything can be read.'),
  );
};
