import { FINDINGS } from '../../../engine/core/findings.ts';
import { formatAddress, formatCount, formatCounted } from '../../../engine/core/format.ts';
import type { PlacedFinding } from '../../../engine/snapshot/placed.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import { print } from '../../output.ts';

/** Findings of a snapshot that are printed. */
export interface ListedFindings {
  readonly findings: readonly PlacedFinding[];
  /** Number of findings that the baseline has. */
  readonly known: number;
  /** A sentence, where the scan was cut short. */
  readonly cutShort: string | undefined;
}

/** Prints remarks, findings and their number for people. */
export function printText(snapshot: Snapshot, { findings, known, cutShort }: ListedFindings): void {
  for (const remark of snapshot.remarks) print(remark);
  printFindings(findings);
  print(findings.length === 0 ? nothingFound(snapshot, known) : countText(findings));
  if (known > 0) print(`${formatCounted(known, 'finding')} of the baseline ${known === 1 ? 'is' : 'are'} not listed.`);
  if (cutShort !== undefined) print(`The list is not complete: ${cutShort}`);
}

/** Returns the line for findings. Facts are not faults: where there is nothing else, it says so. */
function countText(findings: readonly PlacedFinding[]): string {
  const isSound = findings.every(({ severity }) => severity === 'information');
  return isSound
    ? `No errors or warnings, and ${formatCounted(findings.length, 'note')}.`
    : `${formatCounted(findings.length, 'finding')}.`;
}

/** Returns the line for no findings. It differs if the layout is unknown, because then nothing was checked. */
function nothingFound({ layout, structures }: Snapshot, known: number): string {
  if (layout.kind === 'unknown' && structures.length === 0) return 'Nothing here could be checked.';
  return known > 0 ? 'No new findings.' : 'No findings.';
}

/** Prints each finding with its remedy. The findings that it caused follow below it, one per line. */
function printFindings(findings: readonly PlacedFinding[]): void {
  let unlisted: number | undefined;
  const endGroup = (): void => {
    if (unlisted !== undefined) print(`  … and ${formatCount(unlisted)} more.`);
  };
  for (const [index, finding] of findings.entries()) {
    if (finding.causedBy !== undefined) {
      if (finding.causedBy === index - 1) print('  This causes:');
      print(`    ${finding.severity}: ${finding.message}  ${placeOf(finding)}`);
      continue;
    }
    endGroup();
    unlisted = finding.more;
    print(`${finding.severity}: ${finding.message}`);
    print(`  ${placeOf(finding)}`);
    print(`  ${FINDINGS[finding.code].remedy}`);
  }
  endGroup();
}

function placeOf({ part, at, code }: PlacedFinding): string {
  return `${part}, ${formatAddress(at.start)} +${at.length}  [${code}]`;
}
