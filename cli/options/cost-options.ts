import { UserError } from '../../engine/core/user-error.ts';
import {
  type CostTerms,
  isCyclesPerGibSecond,
  isNodeCount,
  isPriceName,
  isSnapshotCount,
  PRICE_NAMES,
} from '../../engine/snapshot/cost.ts';
import type { Arguments } from '../commands/arguments.ts';
import { naturalNumber } from '../numbers.ts';

/** Options of commands that print a cost. */
export const COST_OPTIONS = { price: { type: 'string' }, nodes: { type: 'string' }, snapshots: { type: 'string' } } as const;

/** Lines for a command's help. */
export const COST_HELP = `--price PRICE: the price of storage: ${PRICE_NAMES.join(', ')}, or cycles per GiB-second on 13 nodes. --nodes N: the number of nodes of the subnet, such as 13 or 34.
--snapshots N: the number of snapshots kept of the canister. Each costs as much as the memory.`;

/** Returns the cost options of a command. They override labels. */
export function costOptions(args: Arguments): CostTerms {
  const price = args.option('price');
  return {
    ...(price === undefined ? {} : priceOf(price)),
    nodes: number(args, 'nodes', isNodeCount, 'a number of nodes from 1 to 1,000'),
    snapshots: number(args, 'snapshots', isSnapshotCount, 'a number from 0 to 10, the maximum that is kept'),
  };
}

function priceOf(text: string): CostTerms {
  if (isPriceName(text)) return { price: text };
  const cycles = /^[0-9][0-9_]*$/.test(text) ? Number(text.replaceAll('_', '')) : undefined;
  if (isCyclesPerGibSecond(cycles)) return { cyclesPerGibSecond: cycles };
  throw new UserError('input', `--price takes ${PRICE_NAMES.join(', ')} or a number of cycles per GiB-second, not "${text}".`);
}

function number(
  args: Arguments,
  name: 'nodes' | 'snapshots',
  isValid: (value: unknown) => value is number,
  what: string,
): number | undefined {
  const text = args.option(name);
  if (text === undefined) return undefined;
  const value = naturalNumber(text, `--${name}`);
  if (!isValid(value)) throw new UserError('input', `--${name} takes ${what}, not ${text}.`);
  return value;
}
