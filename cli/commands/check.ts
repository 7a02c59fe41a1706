import { FINDINGS } from '../../engine/core/findings.ts';
import { formatAddress, formatCount, formatCounted } from '../../engine/core/format.ts';
import { isWhole } from '../../engine/snapshot/checks/unsound.ts';
import { scanImage } from '../../engine/snapshot/full-scan.ts';
import type { PlacedFinding } from '../../engine/snapshot/placed.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import { print, printJson } from '../output.ts';
import { type Command, withSnapshot } from './command.ts';
import { SNAPSHOT_HELP, SNAPSHOT_OPTIONS } from './snapshot-options.ts';

export const CHECK: Command = {
  name: 'check',
  about: 'what is wrong: every finding, with its place',
  usage: 'SNAPSHOT [--labels FILE] [--unpack-limit SIZE] [--json]',
  more: `Exit status 1 where a finding is an error, where the walk was cut short, where the snapshot is not wholly downloaded, or where its file changed meanwhile.
${SNAPSHOT_HELP}`,
  options: SNAPSHOT_OPTIONS,
  run: (given) =>
    withSnapshot(given, (snapshot) => {
      const { findings, cutShort } = scanImage(snapshot);
      const complete = cutShort === undefined && isWhole(snapshot);
      if (given.json) {
        const lines = findings.map(({ code, severity, at, part, message, path: way, causedBy, more }) => ({
          code,
          severity,
          offset: at.start,
          length: at.length,
          part,
          message,
          ...(way.length > 0 ? { path: way } : {}),
          ...(causedBy === undefined ? {} : { causedBy }),
          ...(more === undefined ? {} : { more }),
        }));
        const remarks = snapshot.remarks.length > 0 ? { remarks: snapshot.remarks } : {};
        printJson({ schema: 'stable-memory/check/1', complete, findings: lines, ...remarks });
      } else {
        for (const remark of snapshot.remarks) print(remark);
        printFindings(findings);
        print(findings.length === 0 ? nothingFound(snapshot) : `${formatCounted(findings.length, 'finding')}.`);
        if (cutShort !== undefined) print(`This is not all: ${cutShort}`);
      }
      return !complete || findings.some((finding) => finding.severity === 'error') ? 1 : 0;
    }),
};

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
