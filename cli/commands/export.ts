import { formatCounted, isOrAre } from '../../engine/core/format.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { writeOutput } from '../../engine/node/output/write-output.ts';
import { absentBytes } from '../../engine/snapshot/absent-bytes.ts';
import { findStructure } from '../../engine/snapshot/find-part.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import { nameOfSpace, type Space } from '../../engine/snapshot/space.ts';
import { FORMATS, type Format, isFormat } from '../export/formats.ts';
import { exportOfEntries, exportOfSpace, type Job } from '../export/job.ts';
import { CODEC_OPTIONS, chooseCodecs } from '../options/codec-options.ts';
import { spaceOf, structureOf } from '../options/named-part.ts';
import { PROJECT_HELP, PROJECT_OPTION } from '../options/project-option.ts';
import { SNAPSHOT_HELP, SNAPSHOT_OPTIONS } from '../options/snapshot-options.ts';
import { print, printError } from '../output.ts';
import { ProgressLine } from '../progress-line.ts';
import type { Arguments } from './arguments.ts';
import { type Command, withSnapshot } from './command.ts';

export const EXPORT: Command = {
  name: 'export',
  about: 'write the bytes of a memory or region, or the entries of a structure, to a file',
  usage:
    'SNAPSHOT PART -o FILE [--format FORMAT] [--force] [--key CODEC] [--value CODEC] [--labels FILE] [--project FOLDER] [--unpack-limit SIZE]',
  more: `PART is a part id that "inspect" lists, such as memory/3, region/16 or memory/3/btreemap; or image, the whole stable memory.
FORMAT is one of these. The default is raw for a memory, a region and the image, and jsonl for a structure.
  raw      all bytes, in the order of their addresses
  jsonl    the entries, as the lines that "entries --json" prints
  csv      the entries, as a table: index, path, keyText, key, valueText, value, address, offset
  parquet  the same table
For jsonl, csv and parquet, memory/3 is enough if it has only one structure.
--force replaces an existing file. The file appears only when it is complete.
The exit status is 1 if not everything could be read. The file then has what could be read, and standard error says what is missing.
${SNAPSHOT_HELP}
${PROJECT_HELP}`,
  options: {
    output: { type: 'string', short: 'o' },
    format: { type: 'string' },
    force: { type: 'boolean' },
    ...CODEC_OPTIONS,
    ...SNAPSHOT_OPTIONS,
    ...PROJECT_OPTION,
  },
  async run(args) {
    const output = args.option('output');
    const format = args.option('format');
    if (output === undefined) throw new UserError('input', 'Say where to write: -o FILE.');
    if (format !== undefined && !isFormat(format))
      throw new UserError('input', `There is no format "${format}". Use ${FORMATS.join(', ')}.`);
    return withSnapshot(args, async (snapshot, { files, folder }) => {
      const progress = new ProgressLine();
      const job = await jobOf(snapshot, format, args, progress);
      try {
        writeOutput(output, { inputs: files, folder, force: args.flag('force') }, job.write);
      } finally {
        progress.clear();
      }
      print(`${output} was written: ${job.result()}.`);
      for (const remark of job.remarks()) print(remark);
      const problems = problemsOf(snapshot, job);
      for (const problem of problems) printError(problem);
      return problems.length > 0 ? 1 : 0;
    });
  },
};

async function jobOf(snapshot: Snapshot, wanted: Format | undefined, args: Arguments, progress: ProgressLine): Promise<Job> {
  const [, part = ''] = args.positionals;
  const space = spaceOf(snapshot, part);
  if (wanted === undefined && space === undefined && findStructure(snapshot, part) === undefined)
    throw new UserError('input', `There is no part "${part}". ${partsOf(snapshot, true)}`);
  const format = wanted ?? (space === undefined ? 'jsonl' : 'raw');
  if (format !== 'raw') {
    const placed = structureOf(snapshot, part);
    chooseCodecs(snapshot, placed, args);
    return exportOfEntries(snapshot, placed, format, progress);
  }
  if (space === undefined) throw notASpace(snapshot, part);
  if (args.option('key') !== undefined || args.option('value') !== undefined)
    throw new UserError('input', '--key and --value decode entries, but raw has none. Choose --format jsonl, csv or parquet.');
  return exportOfSpace(space, progress);
}

function notASpace(snapshot: Snapshot, part: string): UserError {
  const placed = findStructure(snapshot, part);
  if (placed !== undefined) {
    const spaces = placed.spaces.map((space) => space.part).join(' and ');
    return new UserError('input', `${part} is a structure, and raw is for the bytes of a memory or region. It is in ${spaces}.`);
  }
  return new UserError('input', `There is no memory or region "${part}". ${partsOf(snapshot, false)}`);
}

function partsOf({ spaces, structures }: Snapshot, withStructures: boolean): string {
  const known = new Set<string>([...spaces.map((space) => space.part), 'image']);
  if (withStructures) for (const { part } of structures) known.add(part);
  return `The parts are: ${[...known].join(', ')}.`;
}

/** Returns sentences about what the file lacks, or has in another state. */
function problemsOf(snapshot: Snapshot, { spaces, incomplete }: Job): readonly string[] {
  const reason = incomplete();
  const cut = reason === undefined ? undefined : `Not all entries could be read: ${reason}`;
  const absent = spaces.map((space) => describeAbsence(space, absentBytes(snapshot, space)));
  return [cut, ...absent, snapshot.broken, snapshot.change()].filter((sentence) => sentence !== undefined);
}

function describeAbsence(space: Space, bytes: number): string | undefined {
  if (bytes === 0) return undefined;
  const name = space.kind === 'image' ? 'the image' : nameOfSpace(space);
  return `${formatCounted(bytes, 'byte')} of ${name} ${isOrAre(bytes)} not in the snapshot, and read as zero.`;
}
