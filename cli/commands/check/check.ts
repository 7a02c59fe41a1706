import { relative, resolve, sep } from 'node:path';
import { Budget } from '../../../engine/core/budget.ts';
import { formatCounted } from '../../../engine/core/format.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import { compareWithLock } from '../../../engine/lock/compare-lock.ts';
import { lineInLock } from '../../../engine/lock/line-in-lock.ts';
import { isBaselineThere, readBaselineFile } from '../../../engine/node/baseline-file.ts';
import { type LockFile, readLockFile } from '../../../engine/node/lock-file.ts';
import type { OpenImage } from '../../../engine/node/open-image.ts';
import { writeOutput } from '../../../engine/node/output/write-output.ts';
import { type FullScan, scanImage } from '../../../engine/snapshot/full-scan.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import { checkReport, type FindingLine } from '../../../engine/views/check.ts';
import { annotationOf } from '../../../engine/views/findings/annotations.ts';
import { type KnownFinding, withoutKnown, writeBaseline } from '../../../engine/views/findings/baseline.ts';
import type { LocatedFinding } from '../../../engine/views/findings/located.ts';
import { type CheckedRun, sarifLog } from '../../../engine/views/findings/sarif.ts';
import { version } from '../../../package.json';
import { PROJECT_HELP, PROJECT_OPTION } from '../../options/project-option.ts';
import { SEVERAL_HELP, SNAPSHOT_HELP, SNAPSHOT_OPTIONS } from '../../options/snapshot-options.ts';
import { print, printError, printJson } from '../../output.ts';
import type { Arguments } from '../arguments.ts';
import { type Command, withEachSnapshot } from '../command.ts';
import { CHECK_OPTIONS, failingSeverities, formatOf } from './check-options.ts';
import { printText } from './print-findings.ts';

export const CHECK: Command = {
  name: 'check',
  about: 'list what is wrong: all findings, with their locations',
  usage:
    'SNAPSHOT… [--lock FILE] [--fail-on SEVERITY] [--baseline FILE [--write-baseline]] [--format FORMAT] [--labels FILE] [--project FOLDER] [--unpack-limit SIZE] [--json]',
  more: `--lock FILE: also list what contradicts a layout lock, which "stable-memory lock" writes.
--fail-on SEVERITY: exit with 1 if a finding is an error (the default), a warning or an error, or never: error, warning, never.
--baseline FILE: do not list findings that FILE has. A finding is the same if its code, part and message are.
--write-baseline: write all findings into FILE instead, and exit with 0.
--format FORMAT: text (the default), json (the same as --json), sarif (SARIF 2.1.0), github (annotations of GitHub Actions).
Exit status:
  0  there is nothing to fail on
  1  a finding is as severe as --fail-on says; or, whatever it says, the check was cut short, the snapshot is not completely downloaded, or its
     file changed meanwhile
  2  the input cannot be used: one sentence on standard error says why
${SEVERAL_HELP}
${SNAPSHOT_HELP}
${PROJECT_HELP}`,
  options: { ...CHECK_OPTIONS, ...SNAPSHOT_OPTIONS, ...PROJECT_OPTION },
  async run(args) {
    const format = formatOf(args);
    const failing = failingSeverities(args);
    const lockPath = args.option('lock');
    const lock = lockPath === undefined ? undefined : readLockFile(lockPath);
    const { path: baselinePath, isWritten, baseline } = baselineOf(args);
    const inputs: string[] = [];
    const known: KnownFinding[] = [];
    const runs: CheckedRun[] = [];

    const status = await withEachSnapshot({ ...args, json: format !== 'text' }, (snapshot, image) => {
      const scan = scanImage(snapshot, new Budget(), lock && ((structures) => compareWithLock(snapshot, lock.lock, structures)));
      inputs.push(...image.files);
      if (isWritten) known.push(...scan.findings);
      const findings = baseline === undefined ? scan.findings : withoutKnown(scan.findings, baseline);
      const listed: FullScan = { ...scan, findings };
      const report = checkReport(snapshot, listed, scan.findings.length - findings.length);
      const located = report.findings.map((finding) => locate(finding, image, lock));
      if (isWritten) return report.complete ? 0 : 1;
      switch (format) {
        case 'text':
          printText(snapshot, { ...listed, known: scan.findings.length - findings.length });
          break;
        case 'json':
          printJson(report);
          break;
        case 'github':
          for (const one of located) print(annotationOf(one));
          break;
        case 'sarif':
          runs.push({ findings: located, complete: report.complete, remarks: remarksOf(snapshot, scan) });
          break;
      }
      return !report.complete || findings.some(({ severity }) => failing.includes(severity)) ? 1 : 0;
    });
    if (format === 'sarif' && !isWritten) printJson(sarifLog(runs, version));
    if (isWritten && baselinePath !== undefined) {
      const bytes = new TextEncoder().encode(writeBaseline(known));
      writeOutput(baselinePath, { inputs, force: isBaselineThere(baselinePath) }, (sink) => sink(bytes));
      printError(`${baselinePath} was written: ${formatCounted(known.length, 'finding')}.`);
    }
    return status;
  },
};

/** Reads the baseline, unless it is to be written. @throws UserError */
function baselineOf(args: Arguments) {
  const path = args.option('baseline');
  const isWritten = args.flag('write-baseline');
  if (isWritten && path === undefined) throw new UserError('input', 'Say where to write the baseline: --baseline FILE.');
  if (path === undefined) return { path, isWritten, baseline: undefined };
  // A file that is something else is not replaced; it is better to know that before a long scan.
  if (isWritten) isBaselineThere(path);
  return { path, isWritten, baseline: isWritten ? undefined : readBaselineFile(path) };
}

/** Returns where to show a finding: what contradicts a lock at its line there, all else in the file of the image. */
function locate(finding: FindingLine, { files, title }: OpenImage, lock: LockFile | undefined): LocatedFinding {
  const isOfLock = lock !== undefined && finding.code.startsWith('lock.');
  if (isOfLock) return { finding, file: relativePath(lock.path), line: lineInLock(lock.text, finding.path ?? []) };
  const [file] = files;
  return { finding, file: file === undefined ? title : relativePath(file), line: undefined };
}

function relativePath(path: string): string {
  const below = relative(process.cwd(), resolve(path));
  const isBelow = below !== '' && !below.startsWith('..');
  return (isBelow ? below : resolve(path)).split(sep).join('/');
}

function remarksOf({ remarks }: Snapshot, { cutShort }: FullScan): readonly string[] {
  return [...remarks, ...(cutShort === undefined ? [] : [`The list is not complete: ${cutShort}`])];
}
