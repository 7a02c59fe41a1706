/**
 * What the timeline view asks of a trace, and what it gets. As in `protocol.ts`, everything survives structured cloning. Steps count
 * from 1; step 0 is the state before the first one. Addresses and sizes are in bytes.
 */

/** A range of steps, both included, or of addresses, the end excluded. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A space of the trace that the view can draw. */
export interface TimelineSpace {
  readonly space: number;
  /** `memory blocks of region 16`, `memory 3`, `physical memory` */
  readonly name: string;
  /** `blocks`: an allocator's blocks over time. `accesses`: a memory's reads and writes over time. */
  readonly draws: 'blocks' | 'accesses';
  /** The highest address that the trace uses in it, in bytes: the top of the picture. */
  readonly bytes: number;
  /** The recorded policy of the allocator, if the trace names one. */
  readonly policy: string | undefined;
}

export interface TimelineSummary {
  readonly title: string;
  readonly steps: number;
  readonly spaces: readonly TimelineSpace[];
  /** The policies that `timeline/policies` can simulate. */
  readonly policies: readonly string[];
  /** A full sentence, where only the first part of a long trace is drawn. */
  readonly cutShort: string | undefined;
}

/** What a colour of the picture stands for. */
export const PICTURE_COLOURS = ['size', 'message', 'stack'] as const;
export type PictureColour = (typeof PICTURE_COLOURS)[number];

/** Maximum cells of one picture. */
export const MAX_PICTURE_CELLS = 262_144;
/** Maximum kinds of one picture; the others are added up as "others". */
export const MAX_PICTURE_KINDS = 8;
/** Maximum marks of one picture. */
export const MAX_PICTURE_MARKS = 1_000;

export interface PictureKind {
  /** `16 B to 31 B`, `update addMessage`, `MemoryBuffer.add`, `writes` */
  readonly label: string;
}

/** A fault of the trace within a picture. */
export interface PictureMark {
  readonly step: number;
  readonly address: number;
  readonly bytes: number;
  /** A full sentence. */
  readonly message: string;
}

/**
 * Addresses over time: a grid of cells. Column 0 begins at the first step, row 0 at the lowest address. A cell is at
 * `row * columns + column`.
 */
export interface AddressPicture {
  readonly columns: number;
  readonly rows: number;
  readonly kinds: readonly PictureKind[];
  /** How much of each cell's area belongs to live blocks, or was accessed: 0 is nothing, 255 all. */
  readonly live: Uint8Array;
  /** The kind with the largest part of each cell, as an index in `kinds`. Means nothing where `live` is 0. */
  readonly kindOf: Uint8Array;
  /** The highest address that was ever allocated, at the end of each column: above it nothing is free either. */
  readonly tops: Float64Array;
  readonly marks: readonly PictureMark[];
  /** The number of all marks in the picture. */
  readonly markCount: number;
}

/** The lines below the picture. */
export const SERIES_NAMES = [
  'size',
  'liveBytes',
  'liveBlocks',
  'freeBytes',
  'freeBlocks',
  'largestFree',
  'pagesTouched',
] as const;
export type SeriesName = (typeof SERIES_NAMES)[number];

/** A figure over time. Each column has the least and the most of its steps. */
export interface Series {
  readonly name: SeriesName;
  readonly least: Float64Array;
  readonly most: Float64Array;
  /** The highest value in the whole trace: the top of the picture, whatever is zoomed to. */
  readonly peak: number;
  /** The first step with that value. */
  readonly peakStep: number;
}

/** Blocks at one step, by address, each with the step that allocated it. `free` are the gaps of the free list. */
export interface BlocksAtStep {
  readonly step: number;
  /** Bytes that were ever allocated. */
  readonly size: number;
  readonly live: { readonly blocks: number; readonly bytes: number };
  readonly free: { readonly blocks: number; readonly bytes: number; readonly largest: number };
  /** Cells of equal size over `addresses`, in order: the live and the free part of each, 0 to 255. */
  readonly liveOf: Uint8Array;
  readonly freeOf: Uint8Array;
  /** Cells that the step itself changed, as indexes. */
  readonly changed: Uint32Array;
}

/** What is at an address at a step: for the pointer, and for what a screen reader says. */
export interface BlockStory {
  /** One sentence: `48 bytes at 0x37c8, live from step 9,612 (addMessage) to step 9,870.` */
  readonly text: string;
  /** The step that allocated the block, and the one that freed it. Undefined where there is none. */
  readonly born: number | undefined;
  readonly died: number | undefined;
  readonly range: Span | undefined;
}

/** One thing that a policy looked at, in its order. */
export interface WhyStep {
  /** `largest free block by the root`, `0x1a40, 48 bytes: too small` */
  readonly text: string;
  readonly figure: string;
  /** Its address in the space, to go there. */
  readonly address: number | undefined;
  /** `wrong`: here the policy's own defect strikes. */
  readonly verdict: 'passed-over' | 'chosen' | 'seen' | 'wrong';
}

/** Why an allocator answered as it did at a step. */
export interface WhyHere {
  readonly step: number;
  /** `Why 0x37d0?` */
  readonly title: string;
  readonly steps: readonly WhyStep[];
  /** The number of free blocks before the step, and how many of what it looked at is not listed. */
  readonly freeBlocks: number;
  readonly unlisted: number;
  /** Full sentences: what was chosen, what was split or merged, and where the policy is wrong. */
  readonly text: readonly string[];
  /** A policy that does not have this defect. */
  readonly better: string | undefined;
}

/** One policy with the same requests. */
export interface PolicyRun {
  readonly policy: string;
  /** True for the one that the trace was recorded with. */
  readonly recorded: boolean;
  /** Bytes ever allocated at the end, and the most of them live at one step. */
  readonly size: number;
  readonly peakLive: number;
  readonly freeBlocks: number;
  readonly largestFree: number;
  readonly overlaps: number;
  readonly faults: number;
  /** The first step with another address than the recorded one. */
  readonly firstDifference: number | undefined;
  /** The first step that handed out bytes in use. */
  readonly firstOverlap: number | undefined;
  /** The allocated bytes over time: one figure a column, over all steps. */
  readonly sizes: Float64Array;
}

/** Bucket sizes with the same grows, for a trace of virtual memories. */
export interface BucketSizeRun {
  readonly bucketPages: number;
  readonly recorded: boolean;
  readonly pages: number;
  /** Reserved bytes that no memory uses. */
  readonly slack: number;
  /** The first step that cannot grow its memory, because there are too few buckets of this size. */
  readonly firstFailure: number | undefined;
  readonly pagesOverTime: Float64Array;
}

/** Bytes alive by message and call: a tree for a flame graph. */
export interface FlameNode {
  readonly label: string;
  readonly bytes: number;
  readonly blocks: number;
  readonly children: readonly FlameNode[];
}

export interface Flame {
  readonly step: number;
  readonly root: FlameNode;
  /** Blocks that are not in the tree because it would be too large. */
  readonly unlisted: number;
}

/** The calls of the timeline view. */
export interface TimelineCalls {
  'timeline/open': { params: { path: string }; result: TimelineSummary };
  'timeline/addresses': {
    params: {
      path: string;
      space: number;
      steps: Span;
      addresses: Span;
      columns: number;
      rows: number;
      colour: PictureColour;
    };
    result: AddressPicture;
  };
  'timeline/series': { params: { path: string; space: number; steps: Span; columns: number }; result: readonly Series[] };
  'timeline/blocks': {
    params: { path: string; space: number; step: number; addresses: Span; cells: number };
    result: BlocksAtStep;
  };
  'timeline/story': { params: { path: string; space: number; step: number; address: number }; result: BlockStory };
  'timeline/why': { params: { path: string; space: number; step: number }; result: WhyHere | undefined };
  'timeline/policies': {
    params: { path: string; space: number; policies: readonly string[]; columns: number };
    result: readonly PolicyRun[];
  };
  'timeline/bucket-sizes': {
    params: { path: string; bucketPages: readonly number[]; columns: number };
    result: readonly BucketSizeRun[];
  };
  /** `step` undefined: at the high-water mark of live bytes. */
  'timeline/flame': { params: { path: string; space: number; step: number | undefined }; result: Flame };
}
