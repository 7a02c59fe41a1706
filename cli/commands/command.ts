import { openImage } from '../../engine/node/open-image.ts';
import { openSnapshot } from '../../engine/snapshot/open-snapshot.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import { UnusableInput } from '../unusable-input.ts';
import type { Arguments } from './arguments.ts';
import { costOptions } from './cost-options.ts';
import { openOptions } from './snapshot-options.ts';

export interface Command {
  readonly name: string;
  /** One line for the list of commands in `--help`. */
  readonly about: string;
  /** Usage line. Words in capitals that are not the value of an option are required arguments, in this order. */
  readonly usage: string;
  readonly more?: string;
  readonly options?: Readonly<Record<string, { readonly type: 'string' | 'boolean'; readonly short?: string }>>;
  /** Runs the command. Returns the exit status. */
  run(args: Arguments): number | Promise<number>;
}

/**
 * Opens the snapshot named by the arguments, passes it to `use`, and always closes it. @throws UnusableInput if it cannot be
 * opened.
 */
export async function withSnapshot(args: Arguments, use: (snapshot: Snapshot) => number | Promise<number>): Promise<number> {
  const image = await openImage(args.positionals[0] ?? '', openOptions(args));
  if ('problem' in image) throw new UnusableInput(image.problem);
  try {
    return await use(openSnapshot({ ...image, costs: { command: costOptions(args) } }));
  } finally {
    image.close();
  }
}
