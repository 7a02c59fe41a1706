import { Budget } from '../../budget.ts';
import { formatAddress } from '../../format.ts';
import { offsetAt } from '../../memory/memory.ts';
import { explainReport, ownersOf } from '../../snapshot/explain.ts';
import { nameOfLink } from '../../snapshot/explanation.ts';
import { naturalNumber } from '../numbers.ts';
import { print, printJson } from '../output.ts';
import { type Command, UnusableInput, withSnapshot } from './command.ts';
import { SNAPSHOT_HELP, SNAPSHOT_OPTIONS } from './snapshot-options.ts';

export const EXPLAIN: Command = {
  name: 'explain',
  about: 'the chain of owners of one byte',
  usage: 'SNAPSHOT OFFSET [--labels FILE] [--unpack-limit SIZE] [--json]',
  more: `OFFSET counts from the start of stable memory, decimal or 0x.
${SNAPSHOT_HELP}`,
  options: SNAPSHOT_OPTIONS,
  run: (given) =>
    withSnapshot(given, (snapshot) => {
      const offset = naturalNumber(given.positionals[1] ?? '', 'OFFSET');
      if (offset >= snapshot.bytes) {
        throw new UnusableInput(`${formatAddress(offset)} lies behind the end of the image at ${formatAddress(snapshot.bytes)}.`);
      }
      const at = offsetAt(0, offset);
      if (given.json) printJson(explainReport(snapshot, at, new Budget()));
      else {
        for (const owner of ownersOf(snapshot, at, new Budget())) {
          const address = owner.address === undefined ? '' : `, address ${formatAddress(owner.address)}`;
          print(`${nameOfLink(owner)}${address}`);
        }
      }
      return 0;
    }),
};
