import { FINDINGS, type FindingCode } from '../../../engine/core/findings.ts';
import { finish } from '../../../engine/core/slices.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import { nodeHasher } from '../../../engine/node/hasher.ts';
import type { OpenImage } from '../../../engine/node/open-image.ts';
import { assertSameFindings } from '../../../engine/repair/outcome.ts';
import { makePatch } from '../../../engine/repair/patch/make-patch.ts';
import type { Patch } from '../../../engine/repair/patch/patch.ts';
import { type Repaired, repairImage } from '../../../engine/repair/repair.ts';
import type { SnapshotSource } from '../../../engine/snapshot/snapshot.ts';
import { repairReport, type Written } from '../../../engine/views/repair/repair-report.ts';
import { repairText } from '../../../engine/views/repair/repair-text.ts';
import { PROJECT_HELP, PROJECT_OPTION } from '../../options/project-option.ts';
import { SNAPSHOT_HELP, SNAPSHOT_OPTIONS } from '../../options/snapshot-options.ts';
import { print, printJson } from '../../output.ts';
import type { Arguments } from '../arguments.ts';
import { type Command, withSource } from '../command.ts';
import { assertTargets, writeFolderAndPatch } from './folder-and-patch.ts';

export const REPAIR: Command = {
  name: 'repair',
  about: 'repair what can be repaired safely, and write the result as a new snapshot folder',
  usage:
    'SNAPSHOT -o FOLDER [--only CODES] [--dry-run] [--patch FILE [--force]] [--labels FILE] [--project FOLDER] [--unpack-limit SIZE] [--json]',
  more: `A repair is kept only if a full check finds nothing new after it and the finding is gone. Everything else is left as it is, and the report says why.
The snapshot itself is never changed. FOLDER is new, and not in the snapshot's folder. It gets the module, the main memory and all other files of the
snapshot, and appears only when it is complete and was checked again. Where nothing is repaired, nothing is written.
--only CODES: repair only the findings of these codes, with commas between them, also where a repair is likely but not proven.
--dry-run: write nothing, and say what would be repaired. Then -o is not needed.
--patch FILE: also write the changed bytes, for "stable-memory patch". --force replaces an existing FILE.
Exit status:
  0  no finding of severity error is left
  1  errors are left
  2  the input cannot be used, or the output cannot be written: one sentence on standard error says why
${SNAPSHOT_HELP}
${PROJECT_HELP}`,
  options: {
    output: { type: 'string', short: 'o' },
    only: { type: 'string' },
    'dry-run': { type: 'boolean' },
    patch: { type: 'string' },
    force: { type: 'boolean' },
    ...SNAPSHOT_OPTIONS,
    ...PROJECT_OPTION,
  },
  run(args) {
    const [output, patch, isDry] = [args.option('output'), args.option('patch'), args.flag('dry-run')];
    if (isDry && (output !== undefined || patch !== undefined))
      throw new UserError('input', '--dry-run writes nothing. Leave out -o and --patch.');
    if (!isDry && output === undefined)
      throw new UserError('input', 'Say where to write: -o FOLDER. "--dry-run" only says what would be repaired.');
    const only = codesIn(args.option('only'));
    return withSource(args, async (source, image) => {
      // It is better to know this before a long scan.
      assertTargets(image, args);
      const repaired = finish(repairImage(source, { only }));
      const written = repaired.made.length === 0 || isDry ? {} : await write(repaired, source, image, args);
      const report = repairReport(repaired, written);
      if (args.json) printJson(report);
      else for (const line of repairText(report)) print(line);
      return report.after.errors > 0 ? 1 : 0;
    });
  },
};

/** Writes the new folder, and the patch. */
function write({ before, after }: Repaired, source: SnapshotSource, image: OpenImage, args: Arguments): Promise<Written> {
  if (args.option('patch') !== undefined && before.state.base !== after.state.base)
    throw new UserError('input', 'Pages are cut out of the image, which a patch cannot do. Leave out --patch.');
  const check = (written: OpenImage): void => assertSameFindings(after, source, written);
  const changes = (): Patch => finish(makePatch(before.state, after.state, nodeHasher));
  return writeFolderAndPatch(image, after.state, changes, args, { check });
}

/** Returns the codes of findings in a list with commas. @throws UserError */
function codesIn(list: string | undefined): ReadonlySet<FindingCode> | undefined {
  if (list === undefined) return undefined;
  return new Set(
    list.split(/[\s,]+/).map((name) => {
      if (!isCode(name)) throw new UserError('input', `There is no finding "${name}". docs/findings.md lists them.`);
      return name;
    }),
  );
}

function isCode(name: string): name is FindingCode {
  return Object.hasOwn(FINDINGS, name);
}
