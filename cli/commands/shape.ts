import { Budget } from '../../engine/core/budget.ts';
import { UserError } from '../../engine/core/user-error.ts';
import type { PlacedStructure } from '../../engine/snapshot/placed.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import { DEFAULT_DEPTH, hasShape, MAX_DEPTH, shapeOf } from '../../engine/views/shape/shape.ts';
import { shapeText } from '../../engine/views/shape/shape-text.ts';
import { structureOf } from '../../servers/open-files/named-part.ts';
import { CODEC_OPTIONS, chooseCodecs } from '../options/codec-options.ts';
import { SNAPSHOT_HELP, SNAPSHOT_OPTIONS } from '../options/snapshot-options.ts';
import { print, printJson } from '../output.ts';
import { ProgressLine } from '../progress-line.ts';
import type { Arguments } from './arguments.ts';
import { type Command, withSnapshot } from './command.ts';

export const SHAPE: Command = {
  name: 'shape',
  about: 'show where the bytes of a map are: levels, fill, overflow pages, largest entries, key prefixes',
  usage: 'SNAPSHOT PART [--prefix-depth N] [--separators CHARS] [--key CODEC] [--labels FILE] [--unpack-limit SIZE] [--json]',
  more: `PART is a map or set that "inspect" lists, such as memory/3/btreemap. If memory/3 holds only one structure, memory/3 is enough.
Keys are grouped by how they begin. Texts are split at those of / : . _ - # that most keys have, numbers are grouped by range, and all other keys
by their leading bytes. --separators CHARS splits at these characters instead, and --separators '' groups by leading characters.
--prefix-depth N: levels of groups, from 1 to ${MAX_DEPTH}; ${DEFAULT_DEPTH} by default. The rest of each level is added up as "others".
The exit status is 1 if not all of the tree could be read. The figures are then those of the part that was.
${SNAPSHOT_HELP}`,
  options: {
    'prefix-depth': { type: 'string' },
    separators: { type: 'string' },
    key: CODEC_OPTIONS.key,
    ...SNAPSHOT_OPTIONS,
  },
  run: (args) =>
    withSnapshot(args, (snapshot) => {
      const placed = treeOf(snapshot, args.positionals[1] ?? '');
      chooseCodecs(snapshot, placed, args);
      const progress = new ProgressLine();
      const work = shapeOf(snapshot, placed, { depth: depthIn(args), separators: args.option('separators') }, new Budget());
      let turn = work.next();
      for (; turn.done !== true; turn = work.next()) {
        const { value: part = 0 } = turn;
        progress.show(() => `reading: ${Math.floor(100 * part)} %`);
      }
      progress.clear();
      const report = turn.value;
      if (report === undefined) throw new UserError('input', notATree(snapshot, placed));
      if (args.json) printJson(report);
      else for (const line of shapeText(report)) print(line);
      return report.complete ? 0 : 1;
    }),
};

function treeOf(snapshot: Snapshot, part: string): PlacedStructure {
  const placed = structureOf(snapshot, part);
  if (!hasShape(placed)) throw new UserError('input', notATree(snapshot, placed));
  return placed;
}

function notATree({ structures }: Snapshot, { part }: PlacedStructure): string {
  const trees = structures.filter(hasShape).map((one) => one.part);
  const hint = trees.length === 0 ? 'This snapshot has no map or set.' : `Maps and sets are: ${trees.join(', ')}.`;
  return `${part} is not a tree whose nodes can be reached. ${hint}`;
}

function depthIn(args: Arguments): number {
  const depth = args.number('prefix-depth') ?? DEFAULT_DEPTH;
  if (depth < 1 || depth > MAX_DEPTH)
    throw new UserError('input', `--prefix-depth takes a number from 1 to ${MAX_DEPTH}, not ${depth}.`);
  return depth;
}
