import {
  type ComparisonOptions,
  compareSnapshots,
  type PairedStructure,
  type SnapshotComparison,
} from '../../engine/compare/compare-snapshots.ts';
import type { ScannedSnapshot } from '../../engine/compare/scanned-snapshot.ts';
import { Budget } from '../../engine/core/budget.ts';
import { formatCounted } from '../../engine/core/format.ts';
import { BytesMemory } from '../../engine/core/memory/bytes-memory.ts';
import { isWithin } from '../../engine/core/part-ids.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { scanImage } from '../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../engine/snapshot/open-snapshot.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import { diffReport } from '../../engine/views/diff/diff-report.ts';
import { diffText, entryText } from '../../engine/views/diff/diff-text.ts';
import { type EntryDifference, entryDifferences, type IncompleteDifference } from '../../engine/views/diff/entry-differences.ts';
import { CODEC_OPTIONS, chooseCodecs } from '../options/codec-options.ts';
import { COST_HELP, COST_OPTIONS } from '../options/cost-options.ts';
import { PROJECT_HELP, PROJECT_OPTION } from '../options/project-option.ts';
import { SNAPSHOT_HELP, SNAPSHOT_OPTIONS } from '../options/snapshot-options.ts';
import { print, printJson } from '../output.ts';
import { STANDARD_INPUT } from '../program.ts';
import { ProgressLine } from '../progress-line.ts';
import type { Arguments } from './arguments.ts';
import { type Command, withSnapshotAt } from './command.ts';

export const DIFF: Command = {
  name: 'diff',
  about: 'compare two snapshots: entries, memories, bytes and findings that differ',
  usage:
    'A B [--entries] [--part PART] [--limit N] [--exit-code] [--key CODEC] [--value CODEC] [--labels FILE] [--project FOLDER] [--price PRICE] [--nodes N] [--snapshots N] [--unpack-limit SIZE] [--json]',
  more: `A is the snapshot before, B the one after. Structures are compared by their entries, not by their bytes: a map with another tree and the same
entries is the same.
--entries: list the entries that differ. With --json, each is one line of JSON.
--part PART: compare only this memory, region or structure, such as memory/3. --limit N: the maximum number of entries listed per structure.
--key CODEC, --value CODEC: decode the keys and values of PART with these codecs.
--exit-code: the exit status is 0 if the snapshots are the same, and 1 if they differ or could not be compared completely. Without it, it is 0.
${SNAPSHOT_HELP}
${PROJECT_HELP}
${COST_HELP}`,
  options: {
    entries: { type: 'boolean' },
    part: { type: 'string' },
    limit: { type: 'string' },
    'exit-code': { type: 'boolean' },
    ...CODEC_OPTIONS,
    ...SNAPSHOT_OPTIONS,
    ...PROJECT_OPTION,
    ...COST_OPTIONS,
  },
  run: (args) => {
    const [pathA = '', pathB = ''] = args.positionals;
    if (pathA === STANDARD_INPUT && pathB === STANDARD_INPUT)
      throw new UserError('input', 'Standard input can be read only once. Pass "-" only once.');
    return withSide(pathA, args, (before) => withSide(pathB, args, (after) => compare(before, after, args)));
  },
};

/** Names that Git passes for a file that is not there, before it was added or after it was removed. */
const NO_FILE: readonly string[] = ['/dev/null', 'nul'];

/** Opens a side and passes it to `use`. A file that is not there is an empty memory. */
function withSide(path: string, args: Arguments, use: (snapshot: Snapshot) => number | Promise<number>): Promise<number> {
  if (!NO_FILE.includes(path)) return withSnapshotAt(path, args, use);
  const empty = openSnapshot({ title: 'no file', memory: new BytesMemory(), bytes: 0, missing: [], remarks: [] });
  return Promise.resolve(use(empty));
}

function compare(before: Snapshot, after: Snapshot, args: Arguments): number {
  const isWanted = partsIn(before, after, args);
  const a = { snapshot: before, scan: scanImage(before) };
  const b = { snapshot: after, scan: scanImage(after) };
  const comparison = comparisonOf(a, b, isWanted);
  const report = diffReport(before, after, comparison);
  if (args.json && !args.flag('entries')) printJson(report);
  if (!args.json) for (const line of diffText(report)) print(line);
  if (args.flag('entries')) listEntries(a, b, comparison, args);
  return args.flag('exit-code') && !(report.same && report.complete) ? 1 : 0;
}

type IsWanted = NonNullable<ComparisonOptions['isWanted']>;

/** Returns which parts are compared, and sets their codecs. @throws UserError if neither side has the named part */
function partsIn(before: Snapshot, after: Snapshot, args: Arguments): IsWanted | undefined {
  const part = args.option('part');
  if (part === undefined) {
    if (args.option('key') !== undefined || args.option('value') !== undefined)
      throw new UserError('input', 'Say with --part which structure the codecs are for.');
    return undefined;
  }
  const isWanted: IsWanted = (each) => isWithin(each, part);
  const known = [before, after].flatMap(({ spaces, structures }) => [...spaces, ...structures].map((each) => each.part));
  if (!known.some((each) => each === part))
    throw new UserError('input', `Neither snapshot has a part "${part}". "inspect" lists them.`);
  for (const snapshot of [before, after])
    for (const placed of snapshot.structures) if (isWanted(placed.part)) chooseCodecs(snapshot, placed, args);
  return isWanted;
}

function comparisonOf(before: ScannedSnapshot, after: ScannedSnapshot, isWanted: IsWanted | undefined): SnapshotComparison {
  const progress = new ProgressLine();
  const work = compareSnapshots(before, after, isWanted && { isWanted });
  let turn = work.next();
  for (; turn.done !== true; turn = work.next()) {
    const { value: part } = turn;
    if (part !== undefined) progress.show(() => `comparing: ${Math.floor(100 * part)} %`);
  }
  progress.clear();
  return turn.value;
}

function listEntries(before: ScannedSnapshot, after: ScannedSnapshot, comparison: SnapshotComparison, args: Arguments): void {
  const limit = args.number('limit') ?? Number.POSITIVE_INFINITY;
  for (const { difference, ...pair } of comparison.structures) {
    const { added, removed, changed, incomplete } = difference;
    const total = added + removed + changed;
    if (total === 0 && incomplete === undefined) continue;
    if (!args.json) {
      print('');
      print((pair.after ?? pair.before)?.part ?? '');
    }
    let listed = 0;
    for (const line of linesOf(before, after, pair)) {
      const isEntry = !('incomplete' in line);
      if (isEntry && listed === limit) break;
      if (isEntry) listed += 1;
      if (args.json) printJson(line);
      else print(`  ${entryText(line)}`);
    }
    if (!args.json && listed < total) print(`  … and ${formatCounted(total - listed, 'other difference')}`);
  }
}

function* linesOf(
  before: ScannedSnapshot,
  after: ScannedSnapshot,
  pair: PairedStructure,
): Generator<EntryDifference | IncompleteDifference> {
  for (const line of entryDifferences(before, after, pair, new Budget())) if (line !== undefined) yield line;
}
