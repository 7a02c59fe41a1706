import { FirstFit } from './first-fit.ts';
import type { FreeStore } from './free-store.ts';
import { MaxValue } from './max-value.ts';
import { TwoBTrees } from './two-btrees.ts';

/** Every policy by its name: how to make an empty store of it. */
export const POLICIES = {
  'two-btrees': () => new TwoBTrees(),
  'first-fit': () => new FirstFit(),
  'max-value': () => new MaxValue(),
  'memory-region@1.4.0+augmented-btrees@0.8.0': () => new MaxValue(),
} as const satisfies Record<string, () => FreeStore>;

export type PolicyName = keyof typeof POLICIES;

export function isPolicyName(name: string): name is PolicyName {
  return Object.hasOwn(POLICIES, name);
}

export const POLICY_NAMES: readonly PolicyName[] = Object.keys(POLICIES).filter(isPolicyName);
