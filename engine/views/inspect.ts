import type { Budget } from '../core/budget.ts';
import { toHex } from '../core/format.ts';
import { offsetAt, PAGE_SIZE } from '../core/memory/memory.ts';
import { numberOf } from '../core/part-ids.ts';
import type { Structure } from '../core/structure.ts';
import { readGraphCopy } from '../motoko/graph-copy.ts';
import type { AllocatorState } from '../motoko/stable-variables/memory-regions.ts';
import { hasRegions, persistenceOf, type UpgradeTrailer } from '../motoko/upgrade-trailer.ts';
import { costOf } from '../snapshot/cost.ts';
import { findSpace } from '../snapshot/find-part.ts';
import type { FullScan } from '../snapshot/full-scan.ts';
import { hasUpgraded } from '../snapshot/layout/layout.ts';
import { type PlacedManager, partOfManager } from '../snapshot/layout/managers.ts';
import { listBudget } from '../snapshot/motoko/heap-value.ts';
import { ALLOCATOR_SOURCES } from '../snapshot/motoko/memory-regions.ts';
import type { ShownVariable } from '../snapshot/motoko/variables.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Space } from '../snapshot/space.ts';
import { orderOf } from '../snapshot/space.ts';
import type { ScannedStructure } from '../snapshot/walk.ts';
import { conclusionOf, migratedBytes, otherBuckets, slackOf } from './buckets.ts';
import { nameOfLayout } from './names.ts';
import type { Usage } from './protocol.ts';

type Fact = string | number | boolean | null | readonly Fact[] | { readonly [name: string]: Fact };

/** `stable-memory inspect --json`, schema `stable-memory/inspect/1`. Fields may be added, never renamed. */
export interface InspectReport {
  readonly schema: 'stable-memory/inspect/1';
  /** Name of the canister, where the project tells it. */
  readonly canister?: string;
  readonly layout: string;
  readonly bytes: number;
  readonly pages: number;
  readonly notDownloaded?: number;
  readonly manager?: Readonly<Record<string, Fact>>;
  /** All managers, where there are several; the first one too. */
  readonly managers?: readonly Readonly<Record<string, Fact>>[];
  readonly memories?: readonly {
    /** Full id, where the manager does not begin at page 0: `image@1/memory/3`. */
    readonly part?: string;
    readonly id: number;
    readonly name?: string;
    /** Source of the name, for people: `src/storage.rs:41`. */
    readonly nameFrom?: string;
    /** Type in the program's source. */
    readonly declaredAs?: string;
    readonly pages: number;
    readonly buckets: readonly number[];
    /** Order of the buckets after the library loads them, where it differs, and the ranges of pages that it permutes. */
    readonly reloaded?: readonly number[];
    readonly permutedPages?: readonly (readonly [from: number, to: number])[];
  }[];
  readonly regions?: readonly {
    readonly id: number;
    readonly name?: string;
    readonly nameFrom?: string;
    readonly pages: number;
    readonly blocks: readonly number[];
  }[];
  readonly structures: readonly Readonly<Record<string, Fact>>[];
  /** Read from the stable variables of an image before an upgrade, or from the heap in the same snapshot. */
  readonly memoryRegions?: readonly Readonly<Record<string, Fact>>[];
  /** Persistence of a Motoko canister's variables across upgrades, where its module or main memory shows it. */
  readonly persistence?: 'enhanced' | 'classical';
  /** With values from an image before an upgrade, or from the heap in the same snapshot; from a stored heap with types only. */
  readonly stableVariables?: readonly Readonly<Record<string, Fact>>[];
  readonly unread?: readonly {
    readonly part: string;
    readonly kind: string;
    readonly magic: string;
    readonly bytes: number;
    /** Description from a file's header; left out for others. */
    readonly content?: string;
  }[];
  readonly usage: Usage;
  readonly cyclesPerYear: string;
  /** Terms that `cyclesPerYear` was computed with, and further costs; cycles as decimal strings. */
  readonly cost: Readonly<Record<string, Fact>>;
  readonly remarks?: readonly string[];
  /** The most important fact about a manager's buckets, where there is one; cycles a year of the bytes that it is about. */
  readonly conclusion?: { readonly sentence: string; readonly cyclesPerYear?: string; readonly suggestedBucketPages?: number };
  /** The memories in buckets of the size that was asked for. */
  readonly whatIf?: {
    readonly bucketPages: number;
    /** Size of the image, and what it costs. */
    readonly bytes: number;
    readonly cyclesPerYear: string;
    /** Maximum bytes of all memories together. */
    readonly ceiling: number;
    /** True if there are enough buckets of this size. */
    readonly fits: boolean;
    /** Bytes to read and to write in order to copy all memories. */
    readonly copiedBytes: number;
    readonly memories: readonly {
      readonly id: number;
      readonly pages: number;
      readonly buckets: number;
      readonly slack: number;
    }[];
  };
}

/** @param otherSize pages of a bucket, to report what the memories would take in such buckets */
export function inspectReport(snapshot: Snapshot, scan: FullScan, otherSize?: number): InspectReport {
  const missing = snapshot.places.missingIn({ start: offsetAt(0, 0), length: snapshot.bytes });
  const pieces = (part: string): readonly number[] =>
    (findSpace(snapshot, part)?.pieces ?? []).map((piece) => numberOf(piece.part));
  const spaces = (kind: 'virtual-memory' | 'region') => snapshot.spaces.filter((space) => space.kind === kind);
  return {
    schema: 'stable-memory/inspect/1',
    ...(snapshot.canister === undefined ? {} : { canister: snapshot.canister }),
    layout: nameOfLayout(snapshot),
    bytes: snapshot.bytes,
    pages: snapshot.memory.pages,
    ...(missing > 0 ? { notDownloaded: missing } : {}),
    ...managerFacts(snapshot),
    ...(snapshot.layout.kind === 'memory-manager' || (snapshot.layout.kind === 'motoko-experimental' && snapshot.layout.manager)
      ? {
          memories: spaces('virtual-memory').map((space) => ({
            ...(space.part === `memory/${space.id}` ? {} : { part: space.part }),
            id: space.id,
            ...named(space),
            pages: space.memory.pages,
            buckets: pieces(space.part),
            ...reordered(space),
          })),
        }
      : {}),
    ...(snapshot.layout.kind === 'motoko-regions'
      ? {
          regions: spaces('region').map((space) => ({
            id: space.id,
            ...named(space),
            pages: space.memory.pages,
            blocks: pieces(space.part),
          })),
        }
      : {}),
    structures: scan.structures.map(structureFacts),
    ...(snapshot.motoko.allocators.length > 0 ? { memoryRegions: snapshot.motoko.allocators.map(allocatorFacts) } : {}),
    ...(snapshot.persistence === undefined ? {} : { persistence: snapshot.persistence }),
    ...(snapshot.motoko.variables.length > 0 ? { stableVariables: variableList(snapshot.motoko.variables) } : {}),
    ...(snapshot.unread.length > 0
      ? {
          unread: snapshot.unread.map(({ space, kind, name, magic, isFile }) => ({
            part: space.part,
            kind,
            magic,
            bytes: space.memory.pages * 65_536,
            ...(isFile ? { content: name } : {}),
          })),
        }
      : {}),
    usage: scan.usage,
    ...costFacts(snapshot, scan),
    ...(snapshot.remarks.length > 0 ? { remarks: snapshot.remarks } : {}),
    ...conclusionFacts(snapshot),
    ...(otherSize === undefined ? {} : whatIfFacts(snapshot, otherSize)),
  };
}

function conclusionFacts(snapshot: Snapshot): Pick<InspectReport, 'conclusion'> {
  const conclusion = conclusionOf(snapshot);
  if (conclusion === undefined) return {};
  const { sentence, cyclesPerYear, buckets } = conclusion;
  const suggested = buckets?.suggested;
  return {
    conclusion: {
      sentence,
      ...(cyclesPerYear === undefined ? {} : { cyclesPerYear }),
      ...(suggested === undefined ? {} : { suggestedBucketPages: suggested }),
    },
  };
}

function whatIfFacts(snapshot: Snapshot, pages: number): Pick<InspectReport, 'whatIf'> {
  const other = otherBuckets(snapshot, pages);
  if (other === undefined) return {};
  const { memories, size } = other;
  return {
    whatIf: {
      bucketPages: pages,
      bytes: size.bytes,
      cyclesPerYear: size.cyclesPerYear,
      ceiling: size.ceiling,
      fits: size.fits,
      copiedBytes: migratedBytes(memories),
      memories: memories.map(({ id, pages: own }, index) => {
        const buckets = size.memories[index] ?? 0;
        return { id, pages: own, buckets, slack: slackOf(own, buckets, pages) };
      }),
    },
  };
}

function costFacts(snapshot: Snapshot, { usage }: FullScan): Pick<InspectReport, 'cyclesPerYear' | 'cost'> {
  const { rate, all, unused, snapshots, base, baseCyclesPerSecond } = costOf(usage, snapshot.bytes, snapshot.rate);
  return {
    cyclesPerYear: String(all),
    cost: {
      cyclesPerYear: String(all),
      unusedCyclesPerYear: String(unused),
      cyclesPerGibSecond: rate.cyclesPerGibSecond,
      nodes: rate.nodes,
      price: rate.price,
      source: rate.source,
      snapshots: rate.snapshots,
      snapshotsCyclesPerYear: String(snapshots),
      baseCyclesPerSecond,
      baseCyclesPerYear: String(base),
    },
  };
}

function named({ name, nameFrom, declared }: Space) {
  return {
    ...(name === undefined ? {} : { name }),
    ...(nameFrom === undefined ? {} : { nameFrom }),
    ...(declared?.type === undefined ? {} : { declaredAs: declared.type }),
  };
}

function reordered(space: Space): Pick<NonNullable<InspectReport['memories']>[number], 'reloaded' | 'permutedPages'> {
  const order = orderOf(space);
  return order === undefined ? {} : { reloaded: order.reloaded, permutedPages: order.permuted };
}

/** Returns the facts of a manager, with `page` and `part` where it does not begin at page 0. */
function factsOfManager(placed: PlacedManager): Readonly<Record<string, Fact>> {
  const { page, view } = placed;
  return {
    kind: 'memory-manager',
    ...(page === 0 ? {} : { part: partOfManager(placed), page, offset: page * PAGE_SIZE }),
    version: view.version,
    ...byteOrderOf(view),
    bucketPages: view.bucketPages,
    allocatedBuckets: view.allocatedBuckets,
    freedBuckets: view.freedBuckets,
    ...(page === 0 ? {} : { pagesLeft: view.capacityLeft }),
  };
}

function managerFacts(snapshot: Snapshot): Pick<InspectReport, 'manager' | 'managers'> {
  const { layout } = snapshot;
  switch (layout.kind) {
    case 'memory-manager':
      return {
        manager: factsOfManager(layout.managers[0]),
        ...(layout.managers.length > 1 ? { managers: layout.managers.map(factsOfManager) } : {}),
      };
    case 'motoko-regions':
      return {
        manager: {
          kind: 'motoko-regions',
          version: layout.manager.version,
          blockPages: layout.manager.blockPages,
          blockBase: layout.manager.blockBase,
          blocks: layout.manager.blocks,
          nextRegion: layout.manager.nextRegion,
          state: layout.state,
          phase: layout.state === 'running' && hasUpgraded(snapshot.memory, layout.manager) ? 'post-upgrade' : layout.state,
          trailer: layout.trailer === undefined ? null : trailerFacts(snapshot, layout.trailer),
        },
      };
    case 'motoko-experimental':
      return {
        manager: {
          kind: 'motoko-experimental',
          state: layout.state,
          phase: layout.state,
          ...(layout.manager && {
            version: layout.manager.version,
            ...byteOrderOf(layout.manager),
            bucketPages: layout.manager.bucketPages,
            allocatedBuckets: layout.manager.allocatedBuckets,
            freedBuckets: layout.manager.freedBuckets,
          }),
          trailer: trailerFacts(snapshot, layout.trailer),
        },
      };
    case 'motoko-stable-variables':
      return {
        manager: {
          kind: 'motoko-stable-variables',
          state: layout.state,
          dataOffset: layout.data.start,
          dataLength: layout.data.length,
        },
      };
    default:
      return {};
  }
}

/** Returns the byte order, where it is not that of the Rust library. */
function byteOrderOf(manager: object): { readonly byteOrder?: 'big-endian' } {
  return 'byteOrder' in manager ? { byteOrder: 'big-endian' } : {};
}

function allocatorFacts({
  source,
  regionId,
  path,
  version,
  size,
  deallocated,
  pages,
  free,
}: AllocatorState): Readonly<Record<string, Fact>> {
  return {
    region: String(regionId),
    path,
    version,
    size,
    deallocated,
    pages,
    freeBlocks: free.length,
    free: free.map(({ start, length }) => [start, length]),
    source,
    from: ALLOCATOR_SOURCES[source],
  };
}

/** Maximum variables listed. A program has some dozens; more are damage. */
const MAX_VARIABLES = 10_000;

function variableList(variables: readonly ShownVariable[]): readonly Readonly<Record<string, Fact>>[] {
  const budget = listBudget();
  return variables.slice(0, MAX_VARIABLES).map((variable) => variableFacts(variable, budget));
}

function variableFacts({ id, name, text, type, at, value }: ShownVariable, budget: Budget): Readonly<Record<string, Fact>> {
  return {
    name,
    hash: id,
    ...(type === undefined ? {} : { type }),
    ...(text === undefined ? {} : { text }),
    ...(value === undefined ? {} : { ...value.facts(budget), source: 'heap' }),
    ...(at === undefined ? {} : { offset: at.start, length: at.length }),
  };
}

function graphCopyFacts(snapshot: Snapshot, trailer: UpgradeTrailer): Readonly<Record<string, Fact>> {
  const copy = readGraphCopy(snapshot.memory, trailer);
  if (copy === undefined) return {};
  const { root, typeTable, types, offsets } = copy;
  return {
    graphCopy: {
      root: root ?? null,
      typeTableOffset: typeTable.start,
      typeTableLength: typeTable.length,
      types,
      offsetsOffset: offsets.start,
      offsetsLength: offsets.length,
    },
  };
}

function trailerFacts(snapshot: Snapshot, trailer: UpgradeTrailer): Fact {
  return {
    version: trailer.version,
    persistence: persistenceOf(trailer.version),
    regions: hasRegions(trailer.version),
    ...graphCopyFacts(snapshot, trailer),
    logicalPages: trailer.logicalPages,
    firstWordHex: toHex(trailer.firstBytes),
    instructions: trailer.instructions === undefined ? null : String(trailer.instructions),
    dataOffset: trailer.data?.start ?? null,
    dataLength: trailer.data?.length ?? null,
  };
}

function structureFacts({ placed, scan }: ScannedStructure): Readonly<Record<string, Fact>> {
  const { structure } = placed;
  const others = placed.spaces.flatMap((space, index) => (index === 0 ? [] : [[structure.roles?.[index] ?? 'data', space.part]]));
  return {
    part: placed.part,
    kind: structure.kind,
    length: lengthOf(structure),
    ...structure.facts,
    ...scan.facts,
    ...Object.fromEntries(others),
  };
}

/** Returns the length in the header: the number of elements, or for a Cell the bytes of its value. */
function lengthOf(structure: Structure): string | null {
  if (structure.kind === 'cell') return String(structure.facts['size'] ?? 0);
  return structure.length === undefined ? null : String(structure.length);
}
