/** The first thing to say about a manager: what its buckets or blocks waste, what others would, and why memory grows in steps. */
import { formatBytes, formatCycles } from '../core/format.ts';
import { PAGE_SIZE } from '../core/memory/memory.ts';
import {
  BUCKET_SIZES,
  type BucketUse,
  type BucketWords,
  fewBucketsLeft,
  inBuckets,
  muchSlack,
  slackSentence,
  suggestedSize,
} from '../rust/memory-manager/bucket-use.ts';
import { bucketUseOf } from '../snapshot/checks/check-buckets.ts';
import { cyclesPerYear } from '../snapshot/cost.ts';
import { pieceKind } from '../snapshot/layout/layout.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { nameOfSpace } from '../snapshot/space.ts';
import type { Conclusion, OtherSizes, WhatIf } from './protocol.ts';

/** Buckets of another size, and the memories that would be in them. */
export interface OtherBuckets {
  readonly present: WhatIf;
  readonly size: WhatIf;
  /** In the order of their numbers of buckets. */
  readonly memories: OtherSizes['memories'];
}

const REGION_WORDS = { memory: 'region', memories: 'regions', bucket: 'block' } as const satisfies BucketWords;

/** Returns the most important fact about the buckets of a memory manager, or about the blocks of Motoko's regions. */
export function conclusionOf(snapshot: Snapshot): Conclusion | undefined {
  return snapshot.layout.kind === 'motoko-regions' ? conclusionOfRegions(snapshot) : conclusionOfManager(snapshot);
}

function conclusionOfRegions(snapshot: Snapshot): Conclusion | undefined {
  const { layout, spaces, places, openingFindings, rate } = snapshot;
  const isSound = !places.isIncomplete && openingFindings.every(({ severity }) => severity === 'information');
  if (layout.kind !== 'motoko-regions' || !isSound) return undefined;
  const memoryPages = spaces.filter(({ kind }) => kind === 'region').map(({ memory }) => memory.pages);
  const use = { bucketPages: layout.manager.blockPages, memoryPages: memoryPages.filter((pages) => pages > 0) };
  const sentence = slackSentence(use, REGION_WORDS);
  if (sentence === undefined) return undefined;
  return {
    sentence,
    cyclesPerYear: String(cyclesPerYear(muchSlack(use) ?? 0, rate)),
    more: 'The size of a block is fixed; fewer regions would take fewer blocks.',
    buckets: undefined,
  };
}

function conclusionOfManager(snapshot: Snapshot): Conclusion | undefined {
  const use = useOf(snapshot);
  if (use === undefined) return undefined;
  const few = fewBucketsLeft(use)?.sentence;
  const slack = muchSlack(use) ?? 0;
  const sentence = few ?? slackSentence(use);
  if (sentence === undefined) return undefined;
  return {
    sentence,
    cyclesPerYear: few === undefined ? String(cyclesPerYear(slack, snapshot.rate)) : undefined,
    more: 'Another bucket size needs a new canister, or a migration.',
    buckets: {
      bucketPages: use.bucketPages,
      suggested: suggestedSize(use)?.pages,
      memories: memoriesOf(snapshot),
      whatIf: [...new Set([...BUCKET_SIZES, use.bucketPages])].sort((a, b) => a - b).map((pages) => whatIf(snapshot, use, pages)),
    },
  };
}

/** Returns what the memories would take in buckets of a number of pages; undefined where no single sound manager has them. */
export function otherBuckets(snapshot: Snapshot, pages: number): OtherBuckets | undefined {
  const use = useOf(snapshot);
  if (use === undefined) return undefined;
  return {
    present: whatIf(snapshot, use, use.bucketPages),
    size: whatIf(snapshot, use, pages),
    memories: memoriesOf(snapshot),
  };
}

/** Returns the sentence of a conclusion with its cost, for a line of text. */
export function conclusionText({ sentence, cyclesPerYear: cycles }: Conclusion): string {
  return cycles === undefined ? sentence : `${sentence} That costs ${formatCycles(cycles)} cycles a year.`;
}

/**
 * Returns why memory grows in steps here, and what a step costs; undefined where it does not.
 *
 * @param step bytes of a bucket or block; that of the first manager if it is left out
 */
export function growthOf({ layout, rate }: Snapshot, step = stepOf(layout)): string | undefined {
  if (step === undefined || step === 0) return undefined;
  const one = `${formatBytes(step)}, which cost ${formatCycles(cyclesPerYear(step, rate))} cycles a year`;
  return pieceKind(layout) === 'block'
    ? `A region grows by whole blocks: its first page, and each page past the end of a block, takes another ${one}. Motoko's blocks always have 8 MiB.`
    : `A memory grows by whole buckets: its first page, and each page past the end of a bucket, takes another ${one}. Buckets have 8 MiB (128 pages) by default; the size is fixed when the manager is created.`;
}

function stepOf(layout: Snapshot['layout']): number | undefined {
  if (layout.kind === 'memory-manager') return layout.managers[0].view.bucketPages * PAGE_SIZE;
  return layout.kind === 'motoko-regions' ? layout.manager.blockPages * PAGE_SIZE : undefined;
}

/** Returns the bytes that a migration reads and writes: every page of every memory, once. */
export function migratedBytes(memories: OtherSizes['memories']): number {
  return memories.reduce((sum, { pages }) => sum + pages, 0) * PAGE_SIZE;
}

/** Returns the bytes of a memory's buckets past its end. */
export function slackOf(pages: number, buckets: number, bucketPages: number): number {
  return (buckets * bucketPages - pages) * PAGE_SIZE;
}

function useOf({ layout, openingFindings, places }: Snapshot): BucketUse | undefined {
  // The size and cost of a file that lacks bytes are not those of the canister. Side by side, the two would contradict each other.
  if (places.isIncomplete || layout.kind !== 'memory-manager' || layout.managers.length > 1) return undefined;
  return bucketUseOf(layout.managers[0], openingFindings);
}

function memoriesOf({ spaces }: Snapshot): OtherSizes['memories'] {
  return spaces
    .filter(({ kind, memory }) => kind === 'virtual-memory' && memory.pages > 0)
    .map((space) => ({ id: space.id, name: nameOfSpace(space), pages: space.memory.pages }));
}

/** Returns the memories in buckets of a size. For the present size, the image is as large as it is, with freed buckets. */
function whatIf(snapshot: Snapshot, use: BucketUse, pages: number): WhatIf {
  const size = inBuckets(use, pages);
  const bytes = pages === use.bucketPages ? snapshot.bytes : size.bytes;
  return { ...size, bytes, cyclesPerYear: String(cyclesPerYear(bytes, snapshot.rate)) };
}
