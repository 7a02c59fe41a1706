import { formatBytes, formatCount } from '../../engine/core/format.ts';
import { LIMITS, type Limits } from '../../engine/recorder/limits.ts';
import type { Arguments } from '../commands/arguments.ts';
import { byteSize } from './snapshot-options.ts';

/** Options of commands that run a canister. */
export const LIMIT_OPTIONS = {
  'max-time': { type: 'string' },
  'max-memory': { type: 'string' },
  'max-events': { type: 'string' },
} as const;

/** Lines for a command's help. */
export const LIMIT_HELP = `--max-time SECONDS: the longest time of one call, ${LIMITS.callTime / 1000} by default; a longer one traps. --max-memory SIZE: the largest main memory, ${formatBytes(LIMITS.mainMemory)} by default.
--max-events N: the recording ends after N events, ${formatCount(LIMITS.events)} by default.`;

export function limitsIn(args: Arguments): Partial<Limits> {
  const time = args.number('max-time');
  const memory = args.option('max-memory');
  const events = args.number('max-events');
  return {
    ...(time === undefined ? {} : { callTime: 1000 * time }),
    ...(memory === undefined ? {} : { mainMemory: byteSize(memory, '--max-memory') }),
    ...(events === undefined ? {} : { events }),
  };
}
