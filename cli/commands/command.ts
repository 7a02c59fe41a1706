import { type OpenImage, openImage, openStandardInput } from '../../engine/node/open-image.ts';
import { openSnapshot } from '../../engine/snapshot/open-snapshot.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import { print } from '../output.ts';
import { STANDARD_INPUT } from '../program.ts';
import { statusOf } from '../status.ts';
import { UnusableInput } from '../unusable-input.ts';
import type { Arguments } from './arguments.ts';
import { costOptions } from './cost-options.ts';
import { openOptions } from './snapshot-options.ts';

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly about: string;
  /** Words in capitals that stand alone are needed, in this order; of one that ends with "…" there can be several. */
  readonly usage: string;
  readonly more?: string;
  readonly options?: Readonly<Record<string, { readonly type: 'string' | 'boolean'; readonly short?: string }>>;
  /** Answers the exit status. */
  run(given: Arguments): number | Promise<number>;
}

/** Opens a file or folder, or the standard input. @throws UnusableInput where it is not a snapshot. */
export async function openSnapshotAt(path: string, given: Arguments): Promise<OpenImage> {
  const options = openOptions(given);
  const image = await (path === STANDARD_INPUT ? openStandardInput(options) : openImage(path, options));
  if ('problem' in image) throw new UnusableInput(image.problem);
  return image;
}

/** Does something with a snapshot. Returns an exit status. */
type Use = (snapshot: Snapshot) => number | Promise<number>;

/** Opens the snapshot that a command was called with, does something with it, and closes it whatever comes. */
export function withSnapshot(given: Arguments, use: Use): Promise<number> {
  return withSnapshotAt(given.positionals[0] ?? '', given, use);
}

/**
 * Does something with each of the snapshots that a command was called with, one after the other, and returns the worst exit status. One that
 * cannot be used does not keep the others from being read.
 */
export async function withEachSnapshot(given: Arguments, use: Use): Promise<number> {
  const { positionals: paths, json } = given;
  if (paths.filter((path) => path === STANDARD_INPUT).length > 1)
    throw new UnusableInput('The standard input can be read only once. Name "-" once.');
  if (paths.length === 1) return withSnapshot(given, use);
  let worst = 0;
  for (const [index, path] of paths.entries()) {
    if (!json && index > 0) print('');
    if (!json) print(`==> ${path} <==`);
    worst = Math.max(worst, await statusOf(() => withSnapshotAt(path, given, use)));
  }
  return worst;
}

async function withSnapshotAt(path: string, given: Arguments, use: Use): Promise<number> {
  const image = await openSnapshotAt(path, given);
  try {
    return await use(openSnapshot({ ...image, costs: { command: costOptions(given) } }));
  } finally {
    image.close();
  }
}
