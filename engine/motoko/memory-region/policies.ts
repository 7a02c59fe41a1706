import { FirstFit } from './first-fit.ts';
import type { FreeStore } from './free-store.ts';
import { TwoBTrees } from './two-btrees.ts';

/** Every policy by its name: how to make an empty store of it. */
export const POLICIES = {
  'two-btrees': () => new TwoBTrees(),
  'first-fit': () => new FirstFit(),
} as const satisfies Record<string, () => FreeStore>;

export type PolicyName = keyof typeof POLICIES;

export function isPolicyName(name: string): name is PolicyName {
  return Object.hasOwn(POLICIES, name);
}

export const POLICY_NAMES: readonly PolicyName[] = Object.keys(POLICIES).filter(isPolicyName);
