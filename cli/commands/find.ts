import { Budget } from '../../engine/core/budget.ts';
import { formatAddress, formatCounted } from '../../engine/core/format.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { nodeByteSearch } from '../../engine/node/byte-search.ts';
import type { IncompleteLine } from '../../engine/views/entries.ts';
import { findLines, withinPart } from '../../engine/views/find/find.ts';
import { FIND_KINDS, type FindKind, type FindLine } from '../../engine/views/find/find-kinds.ts';
import { PROJECT_HELP, PROJECT_OPTION } from '../options/project-option.ts';
import { SNAPSHOT_HELP, SNAPSHOT_OPTIONS } from '../options/snapshot-options.ts';
import { print, printError, printJson } from '../output.ts';
import { ProgressLine } from '../progress-line.ts';
import { type Command, withSnapshot } from './command.ts';

export const FIND: Command = {
  name: 'find',
  about: 'find text, bytes, numbers, principals and values',
  usage:
    'SNAPSHOT PATTERN [--as text|hex|int|principal|value] [--in PART] [--limit N] [--labels FILE] [--project FOLDER] [--unpack-limit SIZE] [--json]',
  more: `--as says what PATTERN is: text (the default) in UTF-8; hex, in which ?? is any byte; int, a whole number, found in 2, 4, 8 and 16 bytes of both
orders and as LEB128; principal; or value, a part of the text of a decoded key or value.
All bytes are searched, also free ones and what is left of removed data. Each line has the offset in the image, the part, the address in its
memory or region, the state of the bytes (live, free, residual), and the text. --in searches in one part that "inspect" lists.
${SNAPSHOT_HELP}
${PROJECT_HELP}`,
  options: {
    as: { type: 'string' },
    in: { type: 'string' },
    limit: { type: 'string' },
    ...SNAPSHOT_OPTIONS,
    ...PROJECT_OPTION,
  },
  run: (args) =>
    withSnapshot(args, (snapshot) => {
      const limit = args.number('limit') ?? Number.POSITIVE_INFINITY;
      const within = withinPart(snapshot, args.option('in'));
      if (typeof within === 'string') throw new UserError('input', within);
      const lines = findLines(
        snapshot,
        args.positionals[1] ?? '',
        kindOf(args.option('as') ?? 'text'),
        within,
        nodeByteSearch,
        new Budget(),
      );
      if (typeof lines === 'string') throw new UserError('input', lines);
      const progress = new ProgressLine();
      let count = 0;
      let complete = true;
      for (const line of lines) {
        if (typeof line === 'number') {
          progress.show(() => `searching: ${Math.floor(100 * line)} %`);
          continue;
        }
        progress.clear();
        if (count === limit) {
          if (!args.json) printError(`Only the first ${formatCounted(limit, 'place')} are listed.`);
          break;
        }
        if ('incomplete' in line) complete = false;
        count += 1;
        if (args.json) printJson(line);
        else print(...columnsOf(line));
      }
      progress.clear();
      return complete ? 0 : 1;
    }),
};

function kindOf(name: string): FindKind {
  const kind = FIND_KINDS.find((each) => each === name);
  if (kind === undefined) throw new UserError('input', `--as takes ${FIND_KINDS.join(', ')}, not "${name}".`);
  return kind;
}

function columnsOf(line: FindLine | IncompleteLine): readonly string[] {
  if ('incomplete' in line) return [`The list is not complete: ${line.reason}`];
  const { offset, part, address, state, text } = line;
  const placeIn = address === undefined ? '' : formatAddress(address);
  return [offset === undefined ? '' : formatAddress(offset), part, placeIn, state, text];
}
