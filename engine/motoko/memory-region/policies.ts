import type { Allocator } from './allocator.ts';
import { MAX_VALUE_RELEASES, MaxValueLibrary } from './releases/max-value-library.ts';
import { TwoTreesLibrary } from './releases/two-trees-library.ts';
import { SoundAllocator } from './sound-allocator.ts';
import { FirstFit } from './stores/first-fit.ts';
import type { FreeStore } from './stores/free-store.ts';
import { MaxValue } from './stores/max-value.ts';
import { TwoBTrees } from './stores/two-btrees.ts';

/** Policies without defects, with functions that make an empty store. */
export const STORES = {
  'two-btrees': () => new TwoBTrees(),
  'first-fit': () => new FirstFit(),
  'max-value': () => new MaxValue(),
  'memory-region@1.4.0+augmented-btrees@0.8.0': () => new MaxValue(),
} as const satisfies Record<string, () => FreeStore>;

/** Old releases of memory-region, including their defects, with the trees that their manifests name. */
const RELEASES = {
  'memory-region@0.1.1': () => new TwoTreesLibrary(),
  'memory-region@1.1.1': () => new MaxValueLibrary(MAX_VALUE_RELEASES['1.1.1']),
  'memory-region@1.2.4': () => new MaxValueLibrary(MAX_VALUE_RELEASES['1.2.4']),
  'memory-region@1.4.0': () => new MaxValueLibrary(MAX_VALUE_RELEASES['1.4.0']),
} as const satisfies Record<string, () => Allocator>;

export type StoreName = keyof typeof STORES;
export type ReleaseName = keyof typeof RELEASES;
export type PolicyName = StoreName | ReleaseName;

export const STORE_NAMES: readonly StoreName[] = Object.keys(STORES).filter(isStoreName);
const RELEASE_NAMES: readonly ReleaseName[] = Object.keys(RELEASES).filter(isReleaseName);
export const POLICY_NAMES: readonly PolicyName[] = [...STORE_NAMES, ...RELEASE_NAMES];

export function isPolicyName(name: string): name is PolicyName {
  return isStoreName(name) || isReleaseName(name);
}

/** Returns a new allocator under a policy. */
export function createAllocator(policy: PolicyName): Allocator {
  return isStoreName(policy) ? new SoundAllocator(STORES[policy]()) : RELEASES[policy]();
}

/** Returns the bytes of heap that a copy of an allocator takes for each free block, approximately. Measured at some 10,000 blocks. */
export function bytesPerFreeBlock(policy: PolicyName): number {
  switch (policy) {
    case 'memory-region@0.1.1':
      return 96;
    case 'two-btrees':
      return 64;
    default:
      return 32;
  }
}

function isStoreName(name: string): name is StoreName {
  return Object.hasOwn(STORES, name);
}

/** Returns whether a policy is that of an old release, with its defects. */
export function isReleaseName(name: string): name is ReleaseName {
  return Object.hasOwn(RELEASES, name);
}
