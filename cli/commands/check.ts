import { FINDINGS } from '../../engine/core/findings.ts';
import { formatAddress, formatCount, formatCounted } from '../../engine/core/format.ts';
import { type FullScan, scanImage } from '../../engine/snapshot/full-scan.ts';
import type { PlacedFinding } from '../../engine/snapshot/placed.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import { checkReport } from '../../engine/views/check.ts';
import { print, printJson } from '../output.ts';
import { type Command, withEachSnapshot } from './command.ts';
import { SEVERAL_HELP, SNAPSHOT_HELP, SNAPSHOT_OPTIONS } from './snapshot-options.ts';

export const CHECK: Command = {
  name: 'check',
  about: 'what is wrong: every finding, with its place',
  usage: 'SNAPSHOT… [--labels FILE] [--unpack-limit SIZE] [--json]',
  more: `Exit status 1 where a finding is an error, where the walk was cut short, where the snapshot is not wholly downloaded, or where its file changed meanwhile.
${SEVERAL_HELP}
${SNAPSHOT_HELP}`,
  options: SNAPSHOT_OPTIONS,
  run: (given) =>
    withEachSnapshot(given, (snapshot) => {
      const scan = scanImage(snapshot);
      const report = checkReport(snapshot, scan);
      if (given.json) printJson(report);
      else printForPeople(snapshot, scan);
      return !report.complete || report.findings.some(({ severity }) => severity === 'error') ? 1 : 0;
    }),
};

function printForPeople(snapshot: Snapshot, { findings, cutShort }: FullScan): void {
  for (const remark of snapshot.remarks) print(remark);
  printFindings(findings);
  print(findings.length === 0 ? nothingFound(snapshot) : `${formatCounted(findings.length, 'finding')}.`);
  if (cutShort !== undefined) print(`This is not all: ${cutShort}`);
}

/** Where nothing is known of the bytes, that nothing was found says nothing of them. */
function nothingFound({ layout, structures }: Snapshot): string {
  return layout.kind === 'unknown' && structures.length === 0 ? 'Nothing here could be checked.' : 'No findings.';
}

/** Prints each finding with its remedy, and beneath it, in a line each, what follows from it. */
function printFindings(findings: readonly PlacedFinding[]): void {
  let unlisted: number | undefined;
  const endGroup = (): void => {
    if (unlisted !== undefined) print(`  … and ${formatCount(unlisted)} more.`);
  };
  for (const [index, finding] of findings.entries()) {
    if (finding.causedBy !== undefined) {
      if (finding.causedBy === index - 1) print('  From this follow:');
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
