/** The state of the timeline: one immutable value from which all views are drawn. */
import { formatBytes, formatCount, formatCounted } from '../../../engine/core/format.ts';
import type {
  AddressPicture,
  BlocksAtStep,
  PictureMark,
  PolicyRun,
  TimelineSpace,
  TimelineSummary,
} from '../../../engine/views/timeline/calls.ts';
import { formatShare } from '../../format.ts';
import { type Axis, wholeAxis } from './axis.ts';
import { type Latest, NOTHING } from './latest.ts';
import { type Arrangement, DEFAULT_ARRANGEMENT } from './saved.ts';

type Stage =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'shown'; readonly path: string; readonly summary: TimelineSummary };

/** A step, and an address unless the pointer is over a chart: under the pointer, or chosen by keys. */
export interface Cursor {
  readonly step: number;
  readonly address: number | undefined;
}

/** Sizes of what is drawn: of the picture in the screen's own pixels, of the blocks in cells. Undefined until it is laid out. */
export interface Room {
  readonly picture: { readonly width: number; readonly height: number } | undefined;
  readonly blockCells: number | undefined;
}

/** The policies with the same requests. They are simulated one after the other, the recorded one first. */
export interface Policies {
  readonly runs: readonly PolicyRun[];
  /** The policy that is being simulated. */
  readonly running: string | undefined;
  readonly error: string | undefined;
}

/** Everything that was asked about one space. */
export interface Results {
  readonly overview: Latest<'timeline/addresses'>;
  readonly picture: Latest<'timeline/addresses'>;
  readonly overviewSeries: Latest<'timeline/series'>;
  readonly series: Latest<'timeline/series'>;
  readonly blocks: Latest<'timeline/blocks'>;
  readonly story: Latest<'timeline/story'>;
  readonly why: Latest<'timeline/why'>;
  readonly bucketSizes: Latest<'timeline/bucket-sizes'>;
  readonly flame: Latest<'timeline/flame'>;
  readonly policies: Policies;
}

export const NO_RESULTS: Results = {
  overview: NOTHING,
  picture: NOTHING,
  overviewSeries: NOTHING,
  series: NOTHING,
  blocks: NOTHING,
  story: NOTHING,
  why: NOTHING,
  bucketSizes: NOTHING,
  flame: NOTHING,
  policies: { runs: [], running: undefined, error: undefined },
};

export interface TimelineState extends Results {
  readonly stage: Stage;
  /** Counts the traces and spaces shown. Results for an earlier one are dropped. */
  readonly generation: number;
  /** The id of the space that is drawn. */
  readonly space: number | undefined;
  /** The step that everything is about: where the debugger is, else the one that was chosen last. */
  readonly step: number;
  /** True if a debug session of the trace runs. */
  readonly isDebugged: boolean;
  readonly steps: Axis;
  readonly addresses: Axis;
  readonly cursor: Cursor | undefined;
  /** The label of the kind that the legend highlights. */
  readonly highlighted: string | undefined;
  /** The step of the flame graph. Undefined: the high-water mark. */
  readonly flameStep: number | undefined;
  readonly room: Room;
  readonly arrangement: Arrangement;
  /** Text for screen readers. */
  readonly announcement: string;
}

export const INITIAL_STATE: TimelineState = {
  ...NO_RESULTS,
  stage: { kind: 'waiting' },
  generation: 0,
  space: undefined,
  step: 0,
  isDebugged: false,
  steps: wholeAxis(1),
  addresses: wholeAxis(1),
  cursor: undefined,
  highlighted: undefined,
  flameStep: undefined,
  room: { picture: undefined, blockCells: undefined },
  arrangement: DEFAULT_ARRANGEMENT,
  announcement: '',
};

/** A trace on screen with the space that is drawn. */
export interface Shown {
  readonly path: string;
  readonly summary: TimelineSummary;
  readonly space: TimelineSpace;
}

/** Returns what is on screen; undefined where there is nothing to draw. */
export function shownOf({ stage, space: id }: TimelineState): Shown | undefined {
  if (stage.kind !== 'shown') return undefined;
  const space = stage.summary.spaces.find((each) => each.space === id);
  return space === undefined ? undefined : { path: stage.path, summary: stage.summary, space };
}

/** Returns the picture of the whole trace, if it has arrived. */
function wholePicture({ overview }: TimelineState): AddressPicture | undefined {
  return overview.shown?.result;
}

/** Returns the faults of the whole trace, as far as a result lists them. */
export function faultsOf(state: TimelineState): { readonly marks: readonly PictureMark[]; readonly count: number } {
  const { marks = [], markCount: count = 0 } = wholePicture(state) ?? {};
  return { marks, count };
}

/** Returns the fault at a step, if one is known. */
function faultAt(state: TimelineState, step: number): PictureMark | undefined {
  const pictures = [state.overview, state.picture].map(({ shown }) => shown?.result.marks ?? []);
  return pictures.flat().find((mark) => mark.step === step);
}

/** The most important fact about the present step. */
export interface Sentence {
  readonly text: string;
  readonly isFault: boolean;
}

/** Returns the sentence of the present step: its fault, else why the allocator answered so, else what is live. */
export function sentenceOf(state: TimelineState): Sentence | undefined {
  const { step, why, blocks } = state;
  const fault = faultAt(state, step);
  if (fault !== undefined) return { text: fault.message, isFault: true };
  const reason = why.shown?.params.step === step ? why.shown.result : undefined;
  if (reason !== undefined) return { text: [reason.title, ...reason.text.slice(0, 1)].join(' '), isFault: false };
  if (blocks.shown?.params.step !== step) return undefined;
  return { text: `${describeBlocks(blocks.shown.result)}.`, isFault: false };
}

/** `491 live blocks, 15.3 KiB, and 71 free ones, 1.7 KiB, the largest of 64 B` */
export function describeBlocks({ live, free }: BlocksAtStep): string {
  const alive = `${formatCounted(live.blocks, 'live block')}, ${formatBytes(live.bytes)}`;
  if (free.blocks === 0) return `${alive}, and none is free`;
  const rest = `${formatCounted(free.blocks, 'free one')}, ${formatBytes(free.bytes)}`;
  return `${alive}, and ${rest}, the largest of ${formatBytes(free.largest)}`;
}

/** Returns the part of the free bytes that the largest free block does not have: `1.6 KiB (96 %)`. */
export function fragmentation({ free }: BlocksAtStep): string {
  const split = free.bytes - free.largest;
  return `${formatBytes(split)} (${formatShare(split, free.bytes)})`;
}

export function stepName(step: number, { steps }: TimelineSummary): string {
  return `Step ${formatCount(step)} of ${formatCount(steps)}`;
}
