import { UserError } from '../../engine/core/user-error.ts';
import { writePieces } from '../../engine/node/output/write-output.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import { FORMATS, type Format, isFormat } from '../../engine/views/export-formats.ts';
import type { Job } from '../../servers/export/job.ts';
import { jobOf, planExport, problemsOf } from '../../servers/export/plan.ts';
import { CODEC_OPTIONS, chooseCodecs } from '../options/codec-options.ts';
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
  sqlite   the SQLite database in a memory, as a file of its own size
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
      const job = await chosenJob(snapshot, format, args);
      const progress = new ProgressLine();
      try {
        for (const _ of writePieces(output, { inputs: files, folder, force: args.flag('force') }, job.pieces()))
          progress.show(() => `exporting: ${job.progress().text}`);
      } finally {
        progress.clear();
      }
      print(`${output} was written: ${job.result()}.`);
      const guesses = job.guesses();
      if (guesses.length > 0) print(`The encodings are guesses: ${guesses.join(', ')}. --key and --value choose others.`);
      const problems = problemsOf(snapshot, job);
      for (const problem of problems) printError(problem);
      return problems.length > 0 ? 1 : 0;
    });
  },
};

function chosenJob(snapshot: Snapshot, format: Format | undefined, args: Arguments): Promise<Job> {
  const plan = planExport(snapshot, args.positionals[1] ?? '', format);
  if ('placed' in plan) chooseCodecs(snapshot, plan.placed, args);
  else if (args.option('key') !== undefined || args.option('value') !== undefined)
    throw new UserError(
      'input',
      `--key and --value decode entries, but ${plan.format} has none. Choose --format jsonl, csv or parquet.`,
    );
  return jobOf(snapshot, plan);
}
