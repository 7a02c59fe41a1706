import { Snapshot } from '../../snapshot/snapshot.ts';
import { openImage } from '../open-image.ts';
import { costOptions } from './cost-options.ts';
import { openOptions } from './snapshot-options.ts';

/** What a command was called with. */
export interface Arguments {
  readonly positionals: readonly string[];
  readonly json: boolean;
  option(name: string): string | undefined;
  number(name: string): number | undefined;
  flag(name: string): boolean;
}

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

/** Something that cannot be worked with: one line on stderr, exit status 2. */
export class UnusableInput extends Error {}

/** Opens the snapshot that a command was called with, does something with it, and closes it whatever comes. */
export async function withSnapshot(given: Arguments, use: (snapshot: Snapshot) => number | Promise<number>): Promise<number> {
  const image = await openImage(given.positionals[0] ?? '', openOptions(given));
  if ('problem' in image) throw new UnusableInput(image.problem);
  try {
    return await use(new Snapshot({ ...image, costs: { command: costOptions(given) } }));
  } finally {
    image.close();
  }
}
