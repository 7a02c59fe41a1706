import { formatCounted } from '../../../engine/core/format.ts';
import { compareSignatures, type VariableChange } from '../../../engine/lock/compare-signatures.ts';
import { readSignature } from '../../../servers/types/signature-file.ts';
import { print, printJson } from '../../output.ts';
import type { Command } from '../command.ts';

export const COMPARE_SIGNATURES: Command = {
  name: 'compare-signatures',
  about: "compare the stable variables of a Motoko program before and after an upgrade, by the runtime's rules",
  usage: 'BEFORE AFTER [--json]',
  more: `BEFORE and AFTER are each a signature that moc wrote (.most), a module (.wasm, also .gz), or a snapshot's folder with its module.
Exit status:
  0  the upgrade keeps all values
  1  it is refused, or loses data
  2  the input cannot be used: one sentence on standard error says why`,
  async run({ positionals: [before = '', after = ''], json }) {
    const changes = compareSignatures(await readSignature(before), await readSignature(after));
    const refused = changes.filter(({ change }) => change === 'incompatible');
    const lossy = changes.filter(({ change }) => change === 'loss');
    if (json)
      printJson({
        schema: 'stable-memory/signatures/1',
        compatible: refused.length === 0,
        lossless: lossy.length === 0,
        changes,
      });
    else {
      for (const change of changes) print(lineOf(change));
      const subject = formatCounted(refused.length, 'stable variable');
      if (refused.length > 0) print(`The upgrade is refused: the types of ${subject} are not compatible.`);
      else if (lossy.length > 0)
        print(`The runtime accepts the upgrade, but data of ${formatCounted(lossy.length, 'stable variable')} is lost.`);
      else print('The upgrade keeps all stable variables.');
    }
    return refused.length + lossy.length > 0 ? 1 : 0;
  },
};

const WORDS = { added: 'added', changed: 'changed', loss: 'loses data', incompatible: 'not compatible' } as const;

function lineOf({ name, change, path, before, after }: VariableChange): string {
  const types = before === undefined ? after : after === undefined ? `${before} is gone` : `${before} became ${after}`;
  return `${name}${path}: ${WORDS[change]}: ${types}`;
}
