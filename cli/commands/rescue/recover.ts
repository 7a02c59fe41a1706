import { Budget } from '../../../engine/core/budget.ts';
import { formatCount, formatCounted } from '../../../engine/core/format.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import type { OpenImage } from '../../../engine/node/open-image.ts';
import { writeSnapshotFolder } from '../../../engine/node/output/snapshot-folder/write-snapshot-folder.ts';
import { writePieces } from '../../../engine/node/output/write-output.ts';
import { buildMap } from '../../../engine/recover/build-map.ts';
import { type Sources, sourcesIn } from '../../../engine/recover/find-recovered.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import { newMapReport, newMapText } from '../../../engine/views/rescue/new-map-text.ts';
import { RecoverySearch } from '../../../engine/views/rescue/recover-lines.ts';
import { recoverColumns, recoverText } from '../../../engine/views/rescue/recover-text.ts';
import { RECOVERED_FORMATS, type RecoveredFormat, recoveredPieces } from '../../../servers/export/recovered.ts';
import { spaceOf, structureOf } from '../../../servers/open-files/named-part.ts';
import { CODEC_OPTIONS, chooseCodecs } from '../../options/codec-options.ts';
import { PROJECT_HELP, PROJECT_OPTION } from '../../options/project-option.ts';
import { SNAPSHOT_HELP, SNAPSHOT_OPTIONS } from '../../options/snapshot-options.ts';
import { print, printJson } from '../../output.ts';
import { ProgressLine } from '../../progress-line.ts';
import type { Arguments } from '../arguments.ts';
import { type Command, withSnapshot } from '../command.ts';
import { reopening } from './edit.ts';

export const RECOVER: Command = {
  name: 'recover',
  about: 'find entries in bytes that no structure uses any more: removed, cleared, freed, or behind a lost header',
  usage:
    'SNAPSHOT [PART] [--entries] [--limit N] [-o FILE] [--format jsonl|csv] [--force] [--as-map] [--memory N] [--removed] [--doubtful] [--item-size N] [--max-item-size N] [--key CODEC] [--value CODEC] [--labels FILE] [--project FOLDER] [--unpack-limit SIZE] [--json]',
  more: `Without --entries, it counts them. --entries lists them, each with its place, whether it is whole, and whether it is in use, too.
-o FILE writes all of them to a file: jsonl has the lines of --entries --json, csv the same as a table.
--as-map -o FOLDER builds a new map of what is left of the map or set PART, and writes a new snapshot folder that has it: in memory N, or in the first
unused one. A map that was cleared, or whose header is lost, can be replaced by it: --memory with its own memory. Then the entries that it had are in it;
--removed adds those that it had lost before, --doubtful those that are doubtful. Of a map in use, the removed entries are.
PART is one memory, region or structure; without it, all are searched. --key and --value need it, and decode it.
--item-size N, --max-item-size N: the size in bytes of the items of a Vec or MinHeap whose header is lost: of each, or the greatest that its type allows.
Exit status: 0 when everything was searched, 1 when not, 2 when the input cannot be used or the output cannot be written.
${SNAPSHOT_HELP}
${PROJECT_HELP}`,
  options: {
    entries: { type: 'boolean' },
    limit: { type: 'string' },
    output: { type: 'string', short: 'o' },
    format: { type: 'string' },
    force: { type: 'boolean' },
    'as-map': { type: 'boolean' },
    memory: { type: 'string' },
    removed: { type: 'boolean' },
    doubtful: { type: 'boolean' },
    'item-size': { type: 'string' },
    'max-item-size': { type: 'string' },
    ...CODEC_OPTIONS,
    ...SNAPSHOT_OPTIONS,
    ...PROJECT_OPTION,
  },
  run: (args) =>
    withSnapshot(args, async (snapshot, image) => {
      if (args.flag('as-map')) return await writeMap(snapshot, image, args);
      const search = new RecoverySearch(snapshot, sourcesOf(snapshot, args), new Budget());
      const output = args.option('output');
      const isList = output === undefined && args.flag('entries');
      if (output !== undefined) writeEntries(search, output, image, args);
      else if (isList) listEntries(search, args);
      else for (const _ of shown(search, search.found()));
      const report = search.report();
      if (args.json && !isList) printJson(report);
      else if (args.json && report.reason !== undefined) printJson({ incomplete: true, reason: report.reason });
      if (!args.json) {
        if (isList && report.entries > 0) print('');
        for (const line of recoverText(report)) print(line);
        if (output !== undefined) print('', `${output} was written: ${formatCounted(report.entries, 'entry', 'entries')}.`);
      }
      return report.complete ? 0 : 1;
    }),
};

async function writeMap(snapshot: Snapshot, image: OpenImage, args: Arguments): Promise<number> {
  const [folder, part] = [args.option('output'), args.positionals[1]];
  if (part === undefined) throw new UserError('input', 'Say which map or set: recover SNAPSHOT PART --as-map.');
  if (folder === undefined) throw new UserError('input', 'Say where to write: -o FOLDER.');
  const placed = structureOf(snapshot, part);
  chooseCodecs(snapshot, placed, args);
  const options = { memory: args.number('memory'), removed: args.flag('removed'), doubtful: args.flag('doubtful') };
  const progress = new ProgressLine();
  const work = buildMap(snapshot, placed, options, reopening(image, args), new Budget());
  let turn = work.next();
  for (; turn.done !== true; turn = work.next()) progress.show(() => `building a map of ${placed.part}`);
  progress.clear();
  const { states, space } = turn.value;
  // A map alone is not a state of the canister.
  const source = space === 'image' ? { ...image, folder: undefined } : image;
  const report = newMapReport(placed.part, turn.value, folder, await writeSnapshotFolder(folder, source, states.after));
  if (args.json) printJson(report);
  else for (const line of newMapText(report)) print(line);
  return 0;
}

/** Returns what is searched. @throws UserError if the part does not exist */
function sourcesOf(snapshot: Snapshot, args: Arguments): Sources {
  const part = args.positionals[1];
  const [size, max] = [args.number('item-size'), args.number('max-item-size')];
  const items = size === undefined ? max && { max, fixed: false } : { max: size, fixed: true };
  const hasCodec = args.option('key') !== undefined || args.option('value') !== undefined;
  if (part === undefined) {
    if (hasCodec) throw new UserError('input', 'Say which structure --key and --value are for: recover SNAPSHOT PART.');
    return sourcesIn(snapshot, undefined, items || undefined);
  }
  const space = spaceOf(snapshot, part);
  const placed = space === undefined ? structureOf(snapshot, part) : undefined;
  const sources = sourcesIn(snapshot, placed?.part ?? space?.part, items || undefined);
  const own = [...sources.structures, ...sources.lost.map((lost) => lost.placed)];
  for (const one of own) chooseCodecs(snapshot, one, args);
  return sources;
}

function* shown<T>(search: RecoverySearch, found: Iterable<T | undefined>): Generator<T> {
  const progress = new ProgressLine();
  try {
    for (const one of found) {
      progress.show(() => `searching: ${formatCount(search.entries)} entries`);
      if (one !== undefined) yield one;
    }
  } finally {
    progress.clear();
  }
}

/** Lists the first entries. For people it also finds the others, so that the counts below the list are those of all. */
function listEntries(search: RecoverySearch, args: Arguments): void {
  const limit = args.number('limit') ?? Number.POSITIVE_INFINITY;
  if (args.json && limit === 0) return;
  for (const recovered of shown(search, search.found())) {
    if (search.entries > limit) continue;
    const line = search.lineOf(recovered);
    if (args.json) printJson(line);
    else print(...recoverColumns(line));
    if (args.json && search.entries === limit) return;
  }
}

function writeEntries(search: RecoverySearch, output: string, { files, folder }: OpenImage, args: Arguments): void {
  const format = args.option('format') ?? 'jsonl';
  if (!isFormat(format)) throw new UserError('input', `There is no format "${format}". Use ${RECOVERED_FORMATS.join(' or ')}.`);
  const pieces = recoveredPieces(shown(search, search.lines()), format);
  for (const _ of writePieces(output, { inputs: files, folder, force: args.flag('force') }, pieces));
}

function isFormat(format: string): format is RecoveredFormat {
  return RECOVERED_FORMATS.some((known) => known === format);
}
