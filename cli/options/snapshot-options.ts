import { UserError } from '../../engine/core/user-error.ts';
import type { OpenOptions } from '../../engine/node/open-image.ts';
import { DEFAULT_UNPACK_LIMIT } from '../../engine/node/unpack.ts';
import type { Arguments } from '../commands/arguments.ts';
import { isErrorTerminal } from '../output.ts';
import { ProgressLine } from '../progress-line.ts';

/** Options of all commands that open a snapshot or another file that may be compressed. */
export const UNPACK_OPTIONS = { 'unpack-limit': { type: 'string' } } as const;
export const SNAPSHOT_OPTIONS = { labels: { type: 'string' }, ...UNPACK_OPTIONS } as const;

/** Lines for a command's help. */
export const UNPACK_HELP = `--unpack-limit SIZE: the maximum unpacked size of a compressed file, in GiB or as 500MiB. The default is ${DEFAULT_UNPACK_LIMIT / 2 ** 30}.`;
export const SNAPSHOT_HELP = `--labels FILE: names and types that are not in the bytes. The default is stable-memory.json next to the snapshot.
${UNPACK_HELP}`;

export const SEVERAL_HELP =
  'Several snapshots are read one after the other. With --json, each is one line. The exit status is the highest of all.';

/** Returns the options for opening a snapshot. Shows progress if standard error is a terminal. */
export function openOptions(args: Arguments): OpenOptions {
  const limit = args.option('unpack-limit');
  return {
    labels: args.option('labels'),
    ...(limit === undefined ? {} : { unpackLimit: byteSize(limit, '--unpack-limit') }),
    ...(isErrorTerminal() ? { onUnpack: progress() } : {}),
  };
}

const UNITS: Readonly<Record<string, number>> = { '': 2 ** 30, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40 };

/** Parses a size: in GiB, or with a unit. @throws UserError */
export function byteSize(text: string, option: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?) ?(|[KMGT]iB)$/i.exec(text) ?? [];
  const factor = UNITS[unit.toLowerCase()];
  if (number === '' || factor === undefined)
    throw new UserError('input', `${option} takes a size in GiB, or with a unit as in 500MiB, not "${text}".`);
  return Math.floor(Number(number) * factor);
}

/** Returns a callback that shows the progress of unpacking on one line of the terminal, and clears the line at the end. */
function progress(): (read: number, size: number) => void {
  const line = new ProgressLine();
  return (read, size) => {
    if (read >= size) line.clear();
    else line.show(() => `unpacking: ${Math.floor((100 * read) / size)} %`);
  };
}
