import { FINDINGS } from '../../engine/core/findings.ts';
import { formatAddress, formatCount, formatCounted } from '../../engine/core/format.ts';
import { type FullScan, scanImage } from '../../engine/snapshot/full-scan.ts';
import type { PlacedFinding } from '../../engine/snapshot/placed.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import { checkReport } from '../../engine/views/check.ts';
import { PROJECT_HELP, PROJECT_OPTION } from '../options/project-option.ts';
import { SEVERAL_HELP, SNAPSHOT_HELP, SNAPSHOT_OPTIONS } from '../options/snapshot-options.ts';
import { print, printJson } from '../output.ts';
import { type Command, withEachSnapshot } from './command.ts';

export const CHECK: Command = {
  name: 'check',
  about: 'list what is wrong: all findings, with their locations',
  usage: 'SNAPSHOT… [--labels FILE] [--project FOLDER] [--unpack-limit SIZE] [--json]',
  more: `The exit status is 1 if a finding is an error, the check was cut short, the snapshot is not completely downloaded, or its file changed meanwhile.
${SEVERAL_HELP}
${SNAPSHOT_HELP}
${PROJECT_HELP}`,
  options: { ...SNAPSHOT_OPTIONS, ...PROJECT_OPTION },
  run: (args) =>
    withEachSnapshot(args, (snapshot) => {
      const scan = scanImage(snapshot);
      const report = checkReport(snapshot, scan);
      if (args.json) printJson(report);
      else printText(snapshot, scan);
      return !report.complete || report.findings.some(({ severity }) => severity === 'error') ? 1 : 0;
    }),
};

function printText(snapshot: Snapshot, { findings, cutShort }: FullScan): void {
  for (const remark of snapshot.remarks) print(remark);
  printFindings(findings);
  print(findings.length === 0 ? nothingFound(snapshot) : countText(findings));
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
function nothingFound({ layout, structures }: Snapshot): string {
  return layout.kind === 'unknown' && structures.length === 0 ? 'Nothing here could be checked.' : 'No findings.';
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
