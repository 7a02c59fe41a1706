import type { Sliced } from '../../../core/slices.ts';
import { NEVER } from '../lifetimes/block-records.ts';
import { inOrderOfEnds } from '../lifetimes/order-of-ends.ts';
import type { SpaceLife } from '../lifetimes/space-life.ts';
import { FreeGaps } from './free-gaps.ts';
import { StepSeries } from './step-series.ts';

/** Steps of a slice. */
const STEPS_PER_TURN = 1_024;

export const FIGURE_NAMES = ['size', 'liveBytes', 'liveBlocks', 'freeBytes', 'freeBlocks', 'largestFree'] as const;
type FigureName = (typeof FIGURE_NAMES)[number];

/**
 * Figures of an allocator over all steps. Live bytes count overlapping bytes twice. Free blocks are the gaps between the live
 * blocks and below the size, merged: an allocator that does not merge neighbours has more.
 */
export type Figures = Readonly<Record<FigureName, StepSeries>>;

/** Computes the figures of an allocator. `steps` is the number of steps that its records cover. */
export function* readFigures(space: SpaceLife, steps: number): Sliced<Figures> {
  const { records, sizes } = space;
  const dying = yield* inOrderOfEnds(records, steps);
  const at = yield* changingSteps(space, dying);
  // Most allocators are smaller than 4 GiB, and half the memory is enough for their figures.
  const isSmall = space.highest < 2 ** 32 && sizes.last < 2 ** 32 && !space.overlapped;
  const bytes = (): Uint32Array | Float64Array => (isSmall ? new Uint32Array(at.length) : new Float64Array(at.length));
  const values = {
    size: bytes(),
    liveBytes: bytes(),
    liveBlocks: new Uint32Array(at.length),
    freeBytes: bytes(),
    freeBlocks: new Uint32Array(at.length),
    largestFree: bytes(),
  };
  const gaps = new FreeGaps(baseOf(space));
  let live = { blocks: 0, bytes: 0 };
  let [nextDying, nextBorn, nextSize] = [0, 0, 0];
  for (let index = 0; index < at.length; index++) {
    if (index % STEPS_PER_TURN === 0) yield;
    const step = at[index] ?? 0;
    let { blocks, bytes: liveBytes } = live;
    for (; nextDying < dying.length; nextDying++) {
      const record = dying[nextDying] ?? 0;
      if (records.endOf(record) !== step) break;
      const size = records.sizeOf(record);
      const address = records.addressOf(record);
      gaps.remove(record, address, address + size);
      blocks -= 1;
      liveBytes -= size;
    }
    for (; nextBorn < records.count && records.beginOf(nextBorn) === step; nextBorn++) {
      const size = records.sizeOf(nextBorn);
      const address = records.addressOf(nextBorn);
      gaps.add(nextBorn, address, address + size);
      blocks += 1;
      liveBytes += size;
    }
    for (; nextSize < sizes.count && sizes.stepOf(nextSize) === step; nextSize++) gaps.resize(sizes.valueOf(nextSize));
    live = { blocks, bytes: liveBytes };
    values.size[index] = sizes.valueOf(nextSize - 1);
    values.liveBytes[index] = liveBytes;
    values.liveBlocks[index] = blocks;
    values.freeBytes[index] = gaps.bytes;
    values.freeBlocks[index] = gaps.count;
    values.largestFree[index] = gaps.largest;
  }
  return {
    size: new StepSeries(at, values.size),
    liveBytes: new StepSeries(at, values.liveBytes),
    liveBlocks: new StepSeries(at, values.liveBlocks),
    freeBytes: new StepSeries(at, values.freeBytes),
    freeBlocks: new StepSeries(at, values.freeBlocks),
    largestFree: new StepSeries(at, values.largestFree),
  };
}

/** Returns the lowest address of an allocator's blocks. A chunk allocator starts after its header. */
export function baseOf({ declared }: SpaceLife): number {
  const base = declared.params['base'];
  return declared.kind === 'chunk-allocator' && typeof base === 'number' ? base : 0;
}

/** Returns the steps at which anything changes, ascending, beginning with step 0. */
function* changingSteps({ records, sizes }: SpaceLife, dying: Uint32Array): Sliced<Uint32Array> {
  const steps = new Uint32Array(1 + records.count + dying.length + sizes.count);
  let count = 1;
  let [nextDying, nextBorn, nextSize] = [0, 0, 0];
  for (let last = 0; ; ) {
    if (count % 65_536 === 0) yield;
    const end = nextDying < dying.length ? records.endOf(dying[nextDying] ?? 0) : NEVER;
    const begin = nextBorn < records.count ? records.beginOf(nextBorn) : NEVER;
    const size = nextSize < sizes.count ? sizes.stepOf(nextSize) : NEVER;
    const step = Math.min(end, begin, size);
    if (step === NEVER) return steps.slice(0, count);
    if (end === step) nextDying += 1;
    else if (begin === step) nextBorn += 1;
    else nextSize += 1;
    if (step !== last) steps[count++] = step;
    last = step;
  }
}
