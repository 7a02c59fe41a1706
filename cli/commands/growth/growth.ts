import { UserError } from '../../../engine/core/user-error.ts';
import { assertOutsideSnapshots, writeOutput } from '../../../engine/node/output/write-output.ts';
import { growthPicture } from '../../../engine/views/growth/growth-picture.ts';
import { type GrowthState, growthReport, growthState } from '../../../engine/views/growth/growth-report.ts';
import { growthText } from '../../../engine/views/growth/growth-text.ts';
import { COST_HELP, COST_OPTIONS } from '../../options/cost-options.ts';
import { PROJECT_HELP, PROJECT_OPTION } from '../../options/project-option.ts';
import { SNAPSHOT_HELP, SNAPSHOT_OPTIONS } from '../../options/snapshot-options.ts';
import { print, printJson } from '../../output.ts';
import { ProgressLine } from '../../progress-line.ts';
import { type Command, withSnapshotAt } from '../command.ts';
import { snapshotsIn } from './snapshots-in.ts';

export const GROWTH: Command = {
  name: 'growth',
  about: 'show how memories grow over several snapshots: bytes by owner, and what they cost',
  usage:
    'SNAPSHOT… [-o PICTURE.svg] [--force] [--by-time] [--labels FILE] [--project FOLDER] [--price PRICE] [--nodes N] [--snapshots N] [--unpack-limit SIZE] [--json]',
  more: `The snapshots are in the order in which they are named. A folder stands for the snapshots in it, in the order of the times in their metadata, or
of their names where one has no time.
-o PICTURE.svg: also draw the bytes by owner, for light and dark pages. --force: replace an existing file.
--by-time: put all snapshots in the order in which they were taken.
Exit status: 0 when all of them could be read, 1 when parts could not be, 2 when one cannot be opened or the picture cannot be written.
${SNAPSHOT_HELP}
${PROJECT_HELP}
${COST_HELP}`,
  options: {
    output: { type: 'string', short: 'o' },
    force: { type: 'boolean' },
    'by-time': { type: 'boolean' },
    ...SNAPSHOT_OPTIONS,
    ...PROJECT_OPTION,
    ...COST_OPTIONS,
  },
  async run(args) {
    const output = args.option('output');
    const named = args.positionals.map(snapshotsIn);
    const count = named.reduce((sum, { paths }) => sum + paths.length, 0);
    const inputs: string[] = [];
    const progress = new ProgressLine();
    let states: GrowthState[] = [];
    for (const { paths, isFolder } of named) {
      const own: GrowthState[] = [];
      for (const path of paths) {
        progress.show(() => `scanning: ${states.length + own.length + 1} of ${count}`);
        await withSnapshotAt(path, args, (snapshot, { files, folder, takenAt }) => {
          if (output !== undefined) assertOutsideSnapshots(output, { inputs: files, folder });
          inputs.push(...files);
          own.push(growthState(snapshot, takenAt));
          return 0;
        });
      }
      states.push(...(isFolder && own.every(hasTime) ? byTime(own) : own));
    }
    progress.clear();
    if (args.flag('by-time')) {
      const other = states.find((state) => !hasTime(state));
      if (other !== undefined)
        throw new UserError('input', `${other.title} does not say when it was taken. Name the snapshots in their order instead.`);
      states = byTime(states);
    }
    const report = growthReport(states);
    if (output !== undefined) {
      const picture = new TextEncoder().encode(growthPicture(report));
      writeOutput(output, { inputs, force: args.flag('force') }, (sink) => sink(picture));
    }
    if (args.json) printJson(report);
    else for (const line of growthText(report)) print(line);
    return report.snapshots.some(({ incomplete }) => incomplete !== undefined) ? 1 : 0;
  },
};

function hasTime({ takenAt }: GrowthState): boolean {
  return takenAt !== undefined;
}

function byTime(states: readonly GrowthState[]): GrowthState[] {
  return states.toSorted((a, b) => Date.parse(a.takenAt ?? '') - Date.parse(b.takenAt ?? ''));
}
