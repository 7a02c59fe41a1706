import { PAGE_SIZE } from '../../core/memory/memory.ts';
import { finishInSlices } from '../../core/slices.ts';
import type { History } from '../../trace/history.ts';
import { FreeLists } from '../../trace/state/free-list.ts';
import type { Trace } from '../../trace/trace.ts';
import { drawAccesses, drawBlocks, marksIn, type PictureFrame, topsOf } from './addresses.ts';
import { blocksOfAllocator, blocksOfMemory } from './blocks.ts';
import { bucketSizeRuns } from './bucket-sizes.ts';
import { MAX_PICTURE_CELLS, type TimelineCalls } from './calls.ts';
import { addressAxis, cellCount, stepAxis } from './cells.ts';
import type { DrawnSpace } from './drawn-spaces.ts';
import { FaultMarks } from './fault-marks.ts';
import { flameAt } from './flame.ts';
import { policyRuns } from './policies.ts';
import { linesOfAllocator, linesOfMemory, seriesOf } from './series.ts';
import { storyOfAccess, storyOfBlock } from './story.ts';
import { timelineSummary } from './summary.ts';
import { TimelineData } from './timeline-data.ts';
import { whyHere } from './why.ts';

type Params<Name extends keyof TimelineCalls> = Omit<TimelineCalls[Name]['params'], 'path'>;
type Result<Name extends keyof TimelineCalls> = TimelineCalls[Name]['result'];

/**
 * The answers to the timeline view's calls about one trace. What several calls need is computed once, when the first one needs it. Long
 * work runs in slices, so that the thread can answer others in between.
 */
export class TimelineView {
  readonly #trace: Trace;
  readonly #data: TimelineData;
  readonly #history: History;
  readonly #freeLists: FreeLists;
  readonly #faults: FaultMarks;

  /** `history` is that of the open trace. It knows nothing of a snapshot at the start of the recording, so the view needs none. */
  constructor(history: History) {
    const { trace } = history;
    this.#trace = trace;
    this.#history = history;
    this.#freeLists = new FreeLists(trace);
    this.#faults = new FaultMarks(trace);
    this.#data = TimelineData.of(trace);
  }

  summary(): Promise<Result<'timeline/open'>> {
    return timelineSummary(this.#data);
  }

  async addresses(params: Params<'timeline/addresses'>): Promise<Result<'timeline/addresses'>> {
    const columns = cellCount(params.columns, MAX_PICTURE_CELLS);
    const rows = cellCount(params.rows, Math.floor(MAX_PICTURE_CELLS / columns));
    const frame = { steps: stepAxis(params.steps, columns), addresses: addressAxis(params.addresses, rows) };
    const drawn = await this.#data.space(params.space);
    const cells = drawn && (await this.#cells(drawn, frame, params.colour));
    const marks = drawn ? await this.#faults.of(drawn.life.identity) : [];
    return {
      columns,
      rows,
      ...(cells ?? { kinds: [], live: new Uint8Array(columns * rows), kindOf: new Uint8Array(columns * rows) }),
      tops: topsOf(frame, (step) => (drawn ? sizeAfter(drawn.life, step) : 0)),
      ...marksIn(frame, marks),
    };
  }

  async series({ space, steps, columns }: Params<'timeline/series'>): Promise<Result<'timeline/series'>> {
    const drawn = await this.#data.space(space);
    if (!drawn) return [];
    const { life } = drawn;
    const pages = (await this.#data.writtenPages()).series;
    const lines =
      drawn.draws === 'blocks' ? linesOfAllocator(await this.#data.figures(life), pages) : linesOfMemory(life.pages, pages);
    return seriesOf(lines, stepAxis(steps, cellCount(columns, MAX_PICTURE_CELLS)));
  }

  async blocks({ space, step, addresses, cells }: Params<'timeline/blocks'>): Promise<Result<'timeline/blocks'>> {
    const axis = addressAxis(addresses, cellCount(cells, MAX_PICTURE_CELLS));
    const drawn = await this.#data.space(space);
    if (!drawn) return nothingAt(step, axis.cells);
    const { life } = drawn;
    return finishInSlices(
      drawn.draws === 'blocks' ? blocksOfAllocator(life, step, axis) : blocksOfMemory(life, drawn.accesses, step, axis),
    );
  }

  async story({ space, step, address }: Params<'timeline/story'>): Promise<Result<'timeline/story'>> {
    const drawn = await this.#data.space(space);
    if (!drawn) return { text: 'The trace has no such space.', born: undefined, died: undefined, range: undefined };
    return drawn.draws === 'blocks'
      ? storyOfBlock(this.#data, drawn.life, step, address)
      : storyOfAccess(this.#data, drawn.life.declared.number, step, address);
  }

  async flame({ space, step }: Params<'timeline/flame'>): Promise<Result<'timeline/flame'>> {
    const { messageNames } = this.#data;
    const { paths } = await this.#data.lifetimes();
    const drawn = await this.#data.space(space);
    if (!drawn) return { step: step ?? 0, root: { label: 'live blocks', bytes: 0, blocks: 0, children: [] }, unlisted: 0 };
    const at = step ?? (await this.#data.figures(drawn.life)).liveBytes.peakStep;
    return finishInSlices(flameAt(drawn.life, paths, messageNames, at));
  }

  why({ space, step }: Params<'timeline/why'>): Promise<Result<'timeline/why'>> {
    return finishInSlices(whyHere(this.#history, this.#freeLists, space, step));
  }

  policies({ space, policies, columns }: Params<'timeline/policies'>): Promise<Result<'timeline/policies'>> {
    return finishInSlices(policyRuns(this.#trace, space, policies, columns));
  }

  bucketSizes({ bucketPages, columns }: Params<'timeline/bucket-sizes'>): Promise<Result<'timeline/bucket-sizes'>> {
    return finishInSlices(bucketSizeRuns(this.#trace, bucketPages, columns));
  }

  async #cells(drawn: DrawnSpace, frame: PictureFrame, colour: Params<'timeline/addresses'>['colour']) {
    return finishInSlices(
      drawn.draws === 'blocks'
        ? drawBlocks(drawn.life, await this.#data.kinds(drawn.life, colour), frame)
        : drawAccesses(drawn.accesses, frame),
    );
  }
}

/** Returns the bytes that an allocator ever allocated, or that a memory has. */
function sizeAfter({ sizes, pages }: DrawnSpace['life'], step: number): number {
  return Math.max(sizes.at(step), pages.at(step) * PAGE_SIZE);
}

function nothingAt(step: number, cells: number): Result<'timeline/blocks'> {
  const none = { blocks: 0, bytes: 0, largest: 0 };
  const empty = new Uint8Array(cells);
  return { step, size: 0, live: none, free: none, liveOf: empty, freeOf: empty, changed: new Uint32Array(0) };
}
