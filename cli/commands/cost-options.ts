import {
  type CostTerms,
  isCyclesPerGibSecond,
  isNodeCount,
  isPriceName,
  isSnapshotCount,
  PRICE_NAMES,
} from '../../engine/snapshot/cost.ts';
import { naturalNumber } from '../numbers.ts';
import { UnusableInput } from '../unusable-input.ts';
import type { Arguments } from './arguments.ts';

/** Options of commands that print a cost. */
export const COST_OPTIONS = { price: { type: 'string' }, nodes: { type: 'string' }, snapshots: { type: 'string' } } as const;

/** Lines for a command's help. */
export const COST_HELP = `--price PRICE: what storage costs: ${PRICE_NAMES.join(', ')}, or cycles a GiB-second on 13 nodes. --nodes N: of the subnet, such as 13 or 34.
--snapshots N: how many snapshots of the canister are kept; each costs as much as the memory.`;

/** Returns what a command was told of the cost; it goes before labels. */
export function costOptions(given: Arguments): CostTerms {
  const price = given.option('price');
  return {
    ...(price === undefined ? {} : priceOf(price)),
    nodes: number(given, 'nodes', isNodeCount, 'a number of nodes from 1 to 1,000'),
    snapshots: number(given, 'snapshots', isSnapshotCount, 'a number from 0 to 10: more are never kept'),
  };
}

function priceOf(text: string): CostTerms {
  if (isPriceName(text)) return { price: text };
  const cycles = /^[0-9][0-9_]*$/.test(text) ? Number(text.replaceAll('_', '')) : undefined;
  if (isCyclesPerGibSecond(cycles)) return { cyclesPerGibSecond: cycles };
  throw new UnusableInput(`--price takes ${PRICE_NAMES.join(', ')} or cycles a GiB-second; "${text}" is none of them.`);
}

function number(
  given: Arguments,
  name: 'nodes' | 'snapshots',
  isRight: (value: unknown) => value is number,
  what: string,
): number | undefined {
  const text = given.option(name);
  if (text === undefined) return undefined;
  const value = naturalNumber(text, `--${name}`);
  if (!isRight(value)) throw new UnusableInput(`--${name} takes ${what}, not ${text}.`);
  return value;
}
