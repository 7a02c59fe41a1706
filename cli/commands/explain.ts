import { Budget } from '../../engine/core/budget.ts';
import { formatAddress } from '../../engine/core/format.ts';
import { offsetAt } from '../../engine/core/memory/memory.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { explainReport, ownersOf } from '../../engine/snapshot/owners.ts';
import { nameOfOwner } from '../../engine/views/explanation.ts';
import { naturalNumber } from '../numbers.ts';
import { PROJECT_HELP, PROJECT_OPTION } from '../options/project-option.ts';
import { SNAPSHOT_HELP, SNAPSHOT_OPTIONS } from '../options/snapshot-options.ts';
import { print, printJson } from '../output.ts';
import { type Command, withSnapshot } from './command.ts';

export const EXPLAIN: Command = {
  name: 'explain',
  about: 'print the chain of owners of one byte',
  usage: 'SNAPSHOT OFFSET [--labels FILE] [--project FOLDER] [--unpack-limit SIZE] [--json]',
  more: `OFFSET is in bytes from the start of stable memory, decimal or 0x.
${SNAPSHOT_HELP}
${PROJECT_HELP}`,
  options: { ...SNAPSHOT_OPTIONS, ...PROJECT_OPTION },
  run: (args) =>
    withSnapshot(args, (snapshot) => {
      const offset = naturalNumber(args.positionals[1] ?? '', 'OFFSET');
      if (offset >= snapshot.bytes) {
        throw new UserError(
          'input',
          `${formatAddress(offset)} is past the end of the image, which is at ${formatAddress(snapshot.bytes)}.`,
        );
      }
      const at = offsetAt(0, offset);
      if (args.json) printJson(explainReport(snapshot, at, new Budget()));
      else {
        for (const owner of ownersOf(snapshot, at, new Budget())) {
          const address = owner.address === undefined ? '' : `, address ${formatAddress(owner.address)}`;
          print(`${nameOfOwner(owner)}${address}`);
        }
      }
      return 0;
    }),
};
