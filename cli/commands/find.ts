import { Budget } from '../../engine/core/budget.ts';
import { formatAddress, formatCounted } from '../../engine/core/format.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { nodeByteSearch } from '../../engine/node/byte-search.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import type { IncompleteLine } from '../../engine/views/entries.ts';
import { findLines, withinPart } from '../../engine/views/find/find.ts';
import { FIND_KINDS, type FindKind, type FindLine, type SearchKind } from '../../engine/views/find/find-kinds.ts';
import { lookUpKey } from '../../engine/views/find/lookup.ts';
import { headingOf, type StoryLine, storyOf } from '../../engine/views/find/lookup-story.ts';
import { mapNamed, structureOf } from '../../servers/open-files/named-part.ts';
import { CODEC_OPTIONS, chooseCodecs } from '../options/codec-options.ts';
import { PROJECT_HELP, PROJECT_OPTION } from '../options/project-option.ts';
import { SNAPSHOT_HELP, SNAPSHOT_OPTIONS } from '../options/snapshot-options.ts';
import { print, printError, printJson } from '../output.ts';
import { ProgressLine } from '../progress-line.ts';
import type { Arguments } from './arguments.ts';
import { type Command, withSnapshot } from './command.ts';

export const FIND: Command = {
  name: 'find',
  about: 'find text, bytes, numbers, principals, values and keys',
  usage:
    'SNAPSHOT PATTERN [--as text|hex|int|principal|value|key] [--in PART] [--limit N] [--key CODEC] [--value CODEC] [--labels FILE] [--project FOLDER] [--unpack-limit SIZE] [--json]',
  more: `--as says what PATTERN is: text (the default) in UTF-8; hex, in which ?? is any byte; int, a whole number, found in 2, 4, 8 and 16 bytes of both
orders and as LEB128; principal; value, a part of the text of a decoded key or value; or key, a whole key of the map or set that --in names.
All bytes are searched, also free ones and what is left of removed data. Each line has the offset in the image, the part, the address in its
memory or region, the state of the bytes (live, free, residual), and the text. --in searches in one part that "inspect" lists.
A key is looked up as the library does it, and the output is the path: each node, each comparison, the value, or the place where the key is absent.
(Rust's search halves a node's keys until one is left, also after an equal one, and compares with that one at the end.)
Write it as "entries" prints it, or its bytes in hex after 0x. --key and --value choose how the keys and values of --in are decoded.
${SNAPSHOT_HELP}
${PROJECT_HELP}`,
  options: {
    as: { type: 'string' },
    in: { type: 'string' },
    limit: { type: 'string' },
    ...CODEC_OPTIONS,
    ...SNAPSHOT_OPTIONS,
    ...PROJECT_OPTION,
  },
  run: (args) =>
    withSnapshot(args, (snapshot) => {
      const kind = kindOf(args.option('as') ?? 'text');
      if (kind === 'key') return findKey(snapshot, args);
      if (args.option('key') !== undefined || args.option('value') !== undefined)
        chooseCodecs(snapshot, structureOf(snapshot, args.option('in') ?? 'image'), args);
      return findPattern(snapshot, kind, args);
    }),
};

function findPattern(snapshot: Snapshot, kind: SearchKind, args: Arguments): number {
  const limit = args.number('limit') ?? Number.POSITIVE_INFINITY;
  const within = withinPart(snapshot, args.option('in'));
  if (typeof within === 'string') throw new UserError('input', within);
  const lines = findLines(snapshot, args.positionals[1] ?? '', kind, within, nodeByteSearch, new Budget());
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
  if (count === 0 && !args.json) printError('Nothing was found.');
  return complete ? 0 : 1;
}

/** Looks a key up and prints the path. Its status is 1 if damage hides the rest of the path. */
function findKey(snapshot: Snapshot, args: Arguments): number {
  const placed = mapNamed(snapshot, args.option('in'));
  chooseCodecs(snapshot, placed, args);
  const line = lookUpKey(snapshot, placed, args.positionals[1] ?? '', new Budget());
  if (typeof line === 'string') throw new UserError('input', line);
  if (args.json) printJson(line);
  else {
    print(headingOf(line));
    printStory(storyOf(line), '');
  }
  return line.outcome === 'broken' ? 1 : 0;
}

function printStory(lines: readonly StoryLine[], indent: string): void {
  for (const { text, more, lines: inner } of lines) {
    print(more === '' ? `${indent}${text}` : `${indent}${text}  (${more})`);
    printStory(inner, `${indent}  `);
  }
}

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
