import { FINDINGS } from '../../findings.ts';
import { formatAddress, formatCounted } from '../../format.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { isWhole } from '../../snapshot/unsound.ts';
import { surveyImage } from '../../snapshot/usage.ts';
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
      const { findings, cutShort } = surveyImage(snapshot);
      const complete = cutShort === undefined && isWhole(snapshot);
      if (given.json) {
        const lines = findings.map(({ code, severity, at, part, message, path: way }) => ({
          code,
          severity,
          offset: at.start,
          length: at.length,
          part,
          message,
          ...(way.length > 0 ? { path: way } : {}),
        }));
        const remarks = snapshot.remarks.length > 0 ? { remarks: snapshot.remarks } : {};
        printJson({ schema: 'stable-memory/check/1', complete, findings: lines, ...remarks });
      } else {
        for (const remark of snapshot.remarks) print(remark);
        for (const finding of findings) {
          print(`${finding.severity}: ${finding.message}`);
          print(`  ${finding.part}, ${formatAddress(finding.at.start)} +${finding.at.length}  [${finding.code}]`);
          print(`  ${FINDINGS[finding.code].cure}`);
        }
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
