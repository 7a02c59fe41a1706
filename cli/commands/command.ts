import { openImage } from '../../engine/node/open-image.ts';
import { openSnapshot } from '../../engine/snapshot/open-snapshot.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import { UnusableInput } from '../unusable-input.ts';
import type { Arguments } from './arguments.ts';
import { costOptions } from './cost-options.ts';
import { openOptions } from './snapshot-options.ts';

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly about: string;
  /** Words in capitals that stand alone are needed, in this order. */
  readonly usage: string;
  readonly more?: string;
  readonly options?: Readonly<Record<string, { readonly type: 'string' | 'boolean'; readonly short?: string }>>;
  /** Answers the exit status. */
  run(given: Arguments): number | Promise<number>;
}

/** Opens the snapshot that a command was called with, does something with it, and closes it whatever comes. */
export async function withSnapshot(given: Arguments, use: (snapshot: Snapshot) => number | Promise<number>): Promise<number> {
  const image = await openImage(given.positionals[0] ?? '', openOptions(given));
  if ('problem' in image) throw new UnusableInput(image.problem);
  try {
    return await use(openSnapshot({ ...image, costs: { command: costOptions(given) } }));
  } finally {
    image.close();
  }
}
