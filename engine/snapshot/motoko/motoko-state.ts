import type { Finding } from '../../core/findings.ts';
import type { ReadableMemory } from '../../core/memory/memory.ts';
import { regionId } from '../../core/part-ids.ts';
import type { MotokoProgram } from '../../motoko/heap/variables.ts';
import type { StableSignature } from '../../motoko/signature/types.ts';
import type { AllocatorState } from '../../motoko/stable-variables/memory-regions.ts';
import type { FieldNames } from '../../values/codecs/candid.ts';
import type { Layout } from '../layout/layout.ts';
import type { Space } from '../space.ts';
import { type FoundAllocators, findAllocators, spanOfVariables, unreadHeap } from './memory-regions.ts';
import { RegionBlocks } from './region-blocks.ts';
import { type RunningVariables, runningVariables, type ShownVariable, variablesInHeapOf } from './variables.ts';

/** Sources that a Motoko canister's variables are read from. */
export interface MotokoSource {
  readonly image: ReadableMemory;
  readonly layout: Layout;
  readonly spaces: readonly Space[];
  /** Names of variables and fields by their Candid hashes. */
  readonly names: FieldNames;
  /** Main memory of the same canister in the same state, where it is available. */
  readonly wasmMemory: ReadableMemory | undefined;
  readonly program: MotokoProgram | undefined;
}

/** The stable variables of a Motoko canister, and the state of its allocators. Each is read on first use. */
export class MotokoState {
  readonly #source: MotokoSource;
  readonly #blocks = new Map<Space, RegionBlocks>();
  #found: FoundAllocators | undefined;
  #stored: readonly ShownVariable[] | undefined;
  #running: RunningVariables | undefined;

  constructor(source: MotokoSource) {
    this.#source = source;
  }

  /** Returns the allocators and other library state in the image's stable variables, or on the heap. */
  get found(): FoundAllocators {
    const { image, layout, spaces, wasmMemory, names } = this.#source;
    this.#found ??= findAllocators(image, layout, spaces, wasmMemory, names);
    return this.#found;
  }

  /** Returns the state of each `MemoryRegion`, where the stable variables or the heap have it. */
  get allocators(): readonly AllocatorState[] {
    return this.found.allocators;
  }

  /** Returns a region's blocks according to its allocator; undefined where the allocator's state is not known. */
  blocksOf(space: Space): RegionBlocks | undefined {
    const known = this.#blocks.get(space);
    if (known !== undefined) return known;
    const allocator = this.allocators.find((one) => space.part === regionId(one.regionId));
    if (allocator === undefined) return undefined;
    const blocks = new RegionBlocks(allocator, space.memory);
    this.#blocks.set(space, blocks);
    return blocks;
  }

  /**
   * Returns the stable variables: from the image before an upgrade, where it has them or their types; else from main memory,
   * where that and the program are available.
   */
  get variables(): readonly ShownVariable[] {
    const { image, layout, names } = this.#source;
    if (spanOfVariables(layout) !== undefined) return this.found.variables;
    this.#stored ??= variablesInHeapOf(image, layout, names);
    return this.#stored.length > 0 ? this.#stored : this.#runningVariables.variables;
  }

  /** Returns a finding where the variables of the running program could not be read. */
  get runningFindings(): readonly Finding[] {
    const { problem } = this.#runningVariables;
    if (problem === undefined) return [];
    return [unreadHeap(this.#source.image, `The stable variables in wasm_memory.bin could not be read. ${problem}`)];
  }

  /** Returns the declaration of the stable variables in the program's module, where that is available. */
  get signature(): StableSignature | undefined {
    return this.#source.program?.signature;
  }

  get #runningVariables(): RunningVariables {
    this.#running ??= this.#readRunning();
    return this.#running;
  }

  #readRunning(): RunningVariables {
    const { layout, program, wasmMemory } = this.#source;
    if (program === undefined || spanOfVariables(layout) !== undefined) return { variables: [], problem: undefined };
    // The regions show whether the main memory is of the same state.
    const isMismatch = layout.kind === 'motoko-regions' && this.found.isMismatch === true;
    return runningVariables(program, isMismatch ? undefined : wasmMemory);
  }
}
