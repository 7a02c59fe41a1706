import { Budget } from '../../../engine/core/budget.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import { ROLES } from '../../../engine/snapshot/decoding.ts';
import { DEFAULT_FAILURES, decodeAs } from '../../../engine/views/decode/decode-report.ts';
import { decodeText } from '../../../engine/views/decode/decode-text.ts';
import { structureOf } from '../../../servers/open-files/named-part.ts';
import { PROJECT_HELP, PROJECT_OPTION } from '../../options/project-option.ts';
import { SNAPSHOT_HELP, SNAPSHOT_OPTIONS } from '../../options/snapshot-options.ts';
import { print, printJson } from '../../output.ts';
import { ProgressLine } from '../../progress-line.ts';
import { type Command, withSnapshot } from '../command.ts';
import { chosenTypes } from './chosen-types.ts';

export const DECODE: Command = {
  name: 'decode',
  about: 'try another type on all keys or values: which do not decode, at which byte, and why',
  usage:
    'SNAPSHOT PART [--value TYPE] [--key TYPE] [--limit N] [--labels FILE] [--project FOLDER] [--unpack-limit SIZE] [--json]',
  more: `PART is a part id that "inspect" lists, such as memory/3/btreemap. If memory/3 holds only one structure, memory/3 is enough.
TYPE is one of:
  record { id : nat64; email : opt text }   a Candid type, decoded with Candid's subtyping. In parentheses: (text), (nat, text)
  types.did#User                            a type of a .did file
  schema.json, schema.json#User             a JSON Schema, or a definition in it, for JSON, CBOR and MessagePack
  user.proto#shop.v1.User                   a Protocol Buffers message
  user.fbs#User, user.bfbs#User             a FlatBuffers table
  u64-be, cbor, candid, …                   a codec, also one of the labels
--limit N: the maximum number of failures listed; all are counted. The default is ${DEFAULT_FAILURES}.
Exit status:
  0  all decode
  1  some do not, or not all could be read
  2  the input cannot be used: one sentence on standard error says why
${SNAPSHOT_HELP}
${PROJECT_HELP}`,
  options: {
    value: { type: 'string' },
    key: { type: 'string' },
    limit: { type: 'string' },
    ...SNAPSHOT_OPTIONS,
    ...PROJECT_OPTION,
  },
  run(args) {
    if (ROLES.every((role) => args.option(role) === undefined))
      throw new UserError('input', "Say which type to decode as: --value 'TYPE', or --key 'TYPE'.");
    return withSnapshot(args, async (snapshot) => {
      const placed = structureOf(snapshot, args.positionals[1] ?? '');
      const types = await chosenTypes(snapshot, placed, args);
      const progress = new ProgressLine();
      const work = decodeAs(snapshot, placed, types, args.number('limit') ?? DEFAULT_FAILURES, new Budget());
      let turn = work.next();
      for (; turn.done !== true; turn = work.next()) {
        const { value: part } = turn;
        progress.show(() => (part === undefined ? 'decoding' : `decoding: ${Math.floor(100 * part)} %`));
      }
      progress.clear();
      const report = turn.value;
      if (args.json) printJson(report);
      else for (const line of decodeText(report)) print(line);
      return report.failed === 0 && report.complete ? 0 : 1;
    });
  },
};
