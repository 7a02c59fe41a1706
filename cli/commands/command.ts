import { UserError } from '../../engine/core/user-error.ts';
import { type OpenImage, openImage, openStandardInput } from '../../engine/node/open-image.ts';
import { openSnapshot } from '../../engine/snapshot/open-snapshot.ts';
import type { Snapshot, SnapshotSource } from '../../engine/snapshot/snapshot.ts';
import { costOptions } from '../options/cost-options.ts';
import { projectOf } from '../options/project-option.ts';
import { openOptions } from '../options/snapshot-options.ts';
import { print } from '../output.ts';
import { STANDARD_INPUT } from '../program.ts';
import { statusOf } from '../status.ts';
import type { Arguments } from './arguments.ts';

export interface Command {
  readonly name: string;
  /** One line for the list of commands in `--help`. */
  readonly about: string;
  /**
   * Usage line. Words in capitals that are not the value of an option are required arguments, in this order; in brackets they are
   * optional. "…" after the last one allows several.
   */
  readonly usage: string;
  readonly more?: string;
  readonly options?: Readonly<Record<string, { readonly type: 'string' | 'boolean'; readonly short?: string }>>;
  /** Runs the command. Returns the exit status. */
  run(args: Arguments): number | Promise<number>;
}

/** Opens a file or folder, or standard input for "-". @throws UserError if it is not a snapshot. */
export async function openSnapshotAt(path: string, args: Arguments): Promise<OpenImage> {
  const options = openOptions(args);
  const image = await (path === STANDARD_INPUT ? openStandardInput(options) : openImage(path, options));
  if ('problem' in image) throw new UserError('input', image.problem);
  return image;
}

/** Uses an open snapshot and the files that it is read from. Returns the exit status. */
type Use = (snapshot: Snapshot, image: OpenImage) => number | Promise<number>;

/**
 * Opens the snapshot named by the arguments, passes it to `use`, and always closes it. @throws UserError if it cannot be
 * opened.
 */
export function withSnapshot(args: Arguments, use: Use): Promise<number> {
  return withSnapshotAt(args.positionals[0] ?? '', args, use);
}

/**
 * Opens each snapshot named by the arguments in turn, and passes it to `use`. Returns the highest exit status. With several
 * snapshots, one that cannot be opened is reported, and the others are still read.
 */
export async function withEachSnapshot(args: Arguments, use: Use): Promise<number> {
  const { positionals: paths, json } = args;
  if (paths.filter((path) => path === STANDARD_INPUT).length > 1)
    throw new UserError('input', 'Standard input can be read only once. Pass "-" only once.');
  if (paths.length === 1) return withSnapshot(args, use);
  let worst = 0;
  for (const [index, path] of paths.entries()) {
    if (!json && index > 0) print('');
    if (!json) print(`==> ${path} <==`);
    worst = Math.max(worst, await statusOf(() => withSnapshotAt(path, args, use)));
  }
  return worst;
}

/** Opens a snapshot, passes it to `use`, and always closes it. @throws UserError if it cannot be opened. */
export function withSnapshotAt(path: string, args: Arguments, use: Use): Promise<number> {
  return withSourceAt(path, args, (source, image) => use(openSnapshot(source), image));
}

/** Does the same as `withSnapshot` for a use that opens the snapshot itself, perhaps with other bytes. */
export function withSource(
  args: Arguments,
  use: (source: SnapshotSource, image: OpenImage) => number | Promise<number>,
): Promise<number> {
  return withSourceAt(args.positionals[0] ?? '', args, use);
}

async function withSourceAt(
  path: string,
  args: Arguments,
  use: (source: SnapshotSource, image: OpenImage) => number | Promise<number>,
): Promise<number> {
  const image = await openSnapshotAt(path, args);
  try {
    const project = projectOf(path, args, image);
    const remarks = [...image.remarks, ...(project?.remarks ?? [])];
    return await use({ ...image, project, remarks, costs: { command: costOptions(args) } }, image);
  } finally {
    image.close();
  }
}
