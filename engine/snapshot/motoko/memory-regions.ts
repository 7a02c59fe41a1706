import type { Finding } from '../../core/findings.ts';
import { formatCounted } from '../../core/format.ts';
import { at, type ReadableMemory } from '../../core/memory/memory.ts';
import { regionId } from '../../core/part-ids.ts';
import { findInHeap } from '../../motoko/heap/find.ts';
import { type Holdings, holdingsIn, NO_HOLDINGS } from '../../motoko/stable-variables/holdings.ts';
import { readStableVariables } from '../../motoko/stable-variables/inspect.ts';
import { type AllocatorState, allocatorsIn, type BufferRecord } from '../../motoko/stable-variables/memory-regions.ts';
import type { FieldNames } from '../../values/codecs/candid.ts';
import { checkAllocator } from '../checks/check-allocator.ts';
import { type Evidence, unreachableRegions } from '../checks/unreachable-regions.ts';
import type { Layout } from '../layout/layout.ts';
import type { Space } from '../space.ts';
import { type ShownVariable, variablesOf } from './variables.ts';

/** Allocators found in the stable variables of an image, or on the heap in the same snapshot. */
export interface FoundAllocators {
  readonly allocators: readonly AllocatorState[];
  /** Records of `MemoryBuffer`s. */
  readonly buffers: readonly BufferRecord[];
  readonly findings: readonly Finding[];
  /** The stable variables, where the image has them. */
  readonly variables: readonly ShownVariable[];
  /** Other values in the stable variables that describe stable memory. */
  readonly holdings: Holdings;
  /** Regions that the variables lead to; undefined where these are not all known. */
  readonly reached: ReadonlySet<number> | undefined;
  readonly evidence: Evidence;
  /** True where the heap in the snapshot is of another state than the image, and was not used. */
  readonly isMismatch?: boolean;
}

/** Sources of a `MemoryRegion`'s state, to follow "from the". */
export const ALLOCATOR_SOURCES = {
  'stable-variables': 'stable variables',
  heap: 'heap in wasm_memory.bin',
} as const satisfies Record<AllocatorState['source'], string>;

const NOTHING = {
  allocators: [],
  buffers: [],
  variables: [],
  holdings: NO_HOLDINGS,
  reached: undefined,
  evidence: 'heap',
} as const;

/** Newest version of the upgrade trailer that stores the stable variables themselves; later ones store a heap, or nothing. */
const NEWEST_WITH_VARIABLES = 2;

/**
 * Reads the allocators' states from the stable variables, which are in the image only before an upgrade with classical
 * persistence. Without these it reads them from the heap, where the canister's main memory is available. This is slow on large
 * ones: call it once.
 */
export function findAllocators(
  image: ReadableMemory,
  layout: Layout,
  spaces: readonly Space[],
  wasmMemory: ReadableMemory | undefined,
  names: FieldNames,
): FoundAllocators {
  const found = readAllocators(image, layout, spaces, wasmMemory, names);
  const disagreements = found.allocators.flatMap((allocator) => {
    const space = spaces.find(({ part }) => part === regionId(allocator.regionId));
    return space === undefined ? [] : checkAllocator(allocator, space);
  });
  const lost = found.reached === undefined ? [] : unreachableRegions(spaces, found.reached, found.evidence);
  return { ...found, findings: [...found.findings, ...disagreements, ...lost] };
}

function readAllocators(
  image: ReadableMemory,
  layout: Layout,
  spaces: readonly Space[],
  wasmMemory: ReadableMemory | undefined,
  names: FieldNames,
): FoundAllocators {
  const span = spanOfVariables(layout);
  if (span !== undefined) {
    const findings: Finding[] = [];
    const variables = readStableVariables(image, span, (finding) => findings.push(finding), { names });
    const { reached, ...allocator } = allocatorsIn(variables);
    const isWhole = findings.length === 0 && variables.cutShort === undefined;
    return {
      ...allocator,
      holdings: holdingsIn(variables),
      reached: isWhole ? reached : undefined,
      evidence: 'stable-variables',
      findings,
      variables: variablesOf(variables),
    };
  }
  if (layout.kind !== 'motoko-regions' || wasmMemory === undefined) return { ...NOTHING, findings: [] };
  const { allocators, buffers, reached, problem } = findInHeap(wasmMemory, { names });
  const mismatch = allocators.find(({ regionId, regionPages }) => regionPages !== pagesOf(regionId, spaces));
  if (mismatch !== undefined) {
    const { regionId, regionPages } = mismatch;
    const message = `The heap in wasm_memory.bin is of another state than this stable memory, so it was not used: there region ${regionId} has ${formatCounted(regionPages, 'page')}, here it has ${pagesOf(regionId, spaces)}.`;
    return { ...NOTHING, findings: [unreadHeap(image, message)], isMismatch: true };
  }
  const message = `The heap in wasm_memory.bin could not be used, at least not completely. ${problem}`;
  return { ...NOTHING, allocators, buffers, reached, findings: problem === undefined ? [] : [unreadHeap(image, message)] };
}

/** Returns the finding that the heap was not read, or not completely. */
export function unreadHeap(image: ReadableMemory, message: string): Finding {
  return { code: 'heap.unread', memory: image, at: { start: at(0, 0), length: 8 }, message };
}

function pagesOf(region: bigint, spaces: readonly Space[]): number {
  return spaces.find(({ part }) => part === regionId(region))?.memory.pages ?? 0;
}

/** Returns the range of an image's stable variables; undefined where it has none. */
export function spanOfVariables(layout: Layout) {
  switch (layout.kind) {
    case 'motoko-stable-variables':
      return layout.data;
    case 'motoko-regions':
    case 'motoko-experimental':
      return layout.trailer !== undefined && layout.trailer.version <= NEWEST_WITH_VARIABLES ? layout.trailer.data : undefined;
    default:
      return undefined;
  }
}
