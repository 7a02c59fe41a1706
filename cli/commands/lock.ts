import { existsSync } from 'node:fs';
import { formatCounted } from '../../engine/core/format.ts';
import { UserError } from '../../engine/core/user-error.ts';
import type { LayoutLock } from '../../engine/lock/lock.ts';
import { takeLock } from '../../engine/lock/take-lock.ts';
import { updateLock } from '../../engine/lock/update-lock.ts';
import { writeLock } from '../../engine/lock/write-lock.ts';
import { readLockFile } from '../../engine/node/lock-file.ts';
import { writeOutput } from '../../engine/node/output/write-output.ts';
import { isWhole } from '../../engine/snapshot/checks/unsound.ts';
import { scanImage } from '../../engine/snapshot/full-scan.ts';
import { PROJECT_HELP, PROJECT_OPTION } from '../options/project-option.ts';
import { SNAPSHOT_HELP, SNAPSHOT_OPTIONS } from '../options/snapshot-options.ts';
import { print, printError, printJson } from '../output.ts';
import { type Command, withSnapshot } from './command.ts';

export const LOCK: Command = {
  name: 'lock',
  about: 'write a layout lock: what "check --lock" compares later snapshots with',
  usage: 'SNAPSHOT -o FILE [--update | --force] [--labels FILE] [--project FOLDER] [--unpack-limit SIZE] [--json]',
  more: `Writes memory ids, structures, versions, bounds, types of keys and values, regions and stable variables as JSON, one line for each field. Keep the
file next to the canister's source, as stable-memory.lock.json.
Types that the labels or the project's source declare are under "key" and "value", guesses under "keyGuess" and "valueGuess".
--update brings an existing file up to date and lists what changed. States ("live", "deprecated", "retired"), notes and types that you wrote stay.
--force replaces an existing file, with everything that you wrote into it.
The file appears only when it is complete.
${SNAPSHOT_HELP}
${PROJECT_HELP}`,
  options: {
    output: { type: 'string', short: 'o' },
    update: { type: 'boolean' },
    force: { type: 'boolean' },
    ...SNAPSHOT_OPTIONS,
    ...PROJECT_OPTION,
  },
  run(args) {
    const output = args.option('output');
    if (output === undefined) throw new UserError('input', 'Say where to write: -o stable-memory.lock.json.');
    const [isUpdate, isForced] = [args.flag('update'), args.flag('force')];
    if (isUpdate && isForced) throw new UserError('input', '--update and --force contradict each other. Use one of them.');
    const isThere = existsSync(output);
    if (isThere && !isUpdate && !isForced)
      throw new UserError('input', `${output} already exists. Bring it up to date with --update, or replace it with --force.`);
    const old = isThere && isUpdate ? readLockFile(output).lock : undefined;
    return withSnapshot(args, (snapshot, { files, folder }) => {
      const { structures, findings, cutShort } = scanImage(snapshot);
      if (cutShort !== undefined || !isWhole(snapshot) || snapshot.places.isIncomplete)
        throw new UserError(
          'input',
          'Not all of the snapshot could be read, so it cannot be locked. "stable-memory check" says why.',
        );
      const current = takeLock(snapshot, structures, old);
      const { lock, changes } = old === undefined ? { lock: current, changes: [] } : updateLock(old, current);
      const bytes = new TextEncoder().encode(writeLock(lock));
      writeOutput(output, { inputs: files, folder, force: isUpdate || isForced }, (sink) => sink(bytes));
      const errors = findings.filter(({ severity }) => severity === 'error').length;
      if (args.json) printJson({ schema: 'stable-memory/lock-written/1', file: output, ...countsOf(lock), changes, errors });
      else {
        for (const change of changes) print(change);
        print(`${output} was written: ${describe(lock)}.${old !== undefined && changes.length === 0 ? ' Nothing changed.' : ''}`);
      }
      if (errors > 0)
        printError(
          `The snapshot has ${formatCounted(errors, 'error')}, so the lock may describe damage. "stable-memory check" lists them.`,
        );
      return 0;
    });
  },
};

function countsOf({ spaces, variables }: LayoutLock) {
  return { spaces: spaces.size, variables: variables.size };
}

function describe(lock: LayoutLock): string {
  const { spaces, variables } = countsOf(lock);
  const regions = [...lock.spaces.keys()].filter((part) => part.startsWith('region/')).length;
  const parts = [
    spaces - regions > 0 ? formatCounted(spaces - regions, 'memory', 'memories') : '',
    regions > 0 ? formatCounted(regions, 'region') : '',
    variables > 0 ? formatCounted(variables, 'stable variable') : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'nothing is stored yet' : parts.join(', ');
}
