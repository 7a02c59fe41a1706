import type { OpenOptions } from '../../engine/node/open-image.ts';
import { DEFAULT_UNPACK_LIMIT } from '../../engine/node/unpack.ts';
import { isErrorTerminal, replaceLine } from '../output.ts';
import { UnusableInput } from '../unusable-input.ts';
import type { Arguments } from './arguments.ts';

/** Options of every command that opens a snapshot or another file that may be packed. */
export const UNPACK_OPTIONS = { 'unpack-limit': { type: 'string' } } as const;
export const SNAPSHOT_OPTIONS = { labels: { type: 'string' }, ...UNPACK_OPTIONS } as const;

/** Lines for a command's help. */
export const UNPACK_HELP = `--unpack-limit SIZE: the most that a packed file may unpack to, in GiB or as 500MiB; without it ${DEFAULT_UNPACK_LIMIT / 2 ** 30}.`;
export const SNAPSHOT_HELP = `--labels FILE: names and types for what bytes cannot say; without it, stable-memory.json beside the snapshot.
${UNPACK_HELP}`;

export const SEVERAL_HELP =
  'Several snapshots are read one after the other; with --json, each is one line. The exit status is the worst of theirs.';

/** Returns how a snapshot is to be opened; progress is shown where standard error is a terminal. */
export function openOptions(given: Arguments): OpenOptions {
  const limit = given.option('unpack-limit');
  return {
    labels: given.option('labels'),
    ...(limit === undefined ? {} : { unpackLimit: byteSize(limit) }),
    ...(isErrorTerminal() ? { onUnpack: progress() } : {}),
  };
}

const UNITS: Readonly<Record<string, number>> = { '': 2 ** 30, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40 };

function byteSize(text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?) ?(|[KMGT]iB)$/i.exec(text) ?? [];
  const factor = UNITS[unit.toLowerCase()];
  if (number === '' || factor === undefined)
    throw new UnusableInput(`--unpack-limit takes a size in GiB, or with its unit as 500MiB; "${text}" is neither.`);
  return Math.floor(Number(number) * factor);
}

/** Milliseconds between two lines of progress. */
const INTERVAL = 200;

/** Rewrites one line of a terminal while a file is unpacked, and clears it at the end. */
function progress(): (read: number, size: number) => void {
  let next = Date.now() + INTERVAL;
  return (read, size) => {
    const now = Date.now();
    if (read >= size) replaceLine('');
    else if (now >= next) {
      next = now + INTERVAL;
      replaceLine(`unpacking: ${Math.floor((100 * read) / size)} %`);
    }
  };
}
