import type { Sliced } from '../../core/slices.ts';
import type { SpaceAccesses } from '../../trace/analysis/lifetimes/accesses.ts';
import type { BlockKinds } from '../../trace/analysis/lifetimes/block-kinds.ts';
import { CoverageGrid } from '../../trace/analysis/figures/coverage-grid.ts';
import type { SpaceLife } from '../../trace/analysis/lifetimes/space-life.ts';
import { type AddressPicture, MAX_PICTURE_MARKS, type PictureMark } from './calls.ts';
import { type Axis, byteOf, placeOn, stepsOf } from './cells.ts';

const RECORDS_PER_TURN = 32_768;
/** How strong a cell with any access is at least. One access of a few bytes must be seen. */
const LEAST_ACCESS = 32;

/** What a picture shows: steps from left to right, addresses from bottom to top. */
export interface PictureFrame {
  readonly steps: Axis;
  readonly addresses: Axis;
}

/** The part of a picture that comes from its cells. */
type Cells = Pick<AddressPicture, 'kinds' | 'live' | 'kindOf'>;

/** Draws the live blocks of an allocator. A cell is as full as the part of its area that belongs to live blocks. */
export function* drawBlocks({ records }: SpaceLife, kinds: BlockKinds, { steps, addresses }: PictureFrame): Sliced<Cells> {
  const grids = kinds.labels.map(() => new CoverageGrid(steps.cells, addresses.cells));
  const count = records.begunBy(steps.end - 1);
  const perStep = steps.cells / (steps.end - steps.from);
  const perByte = addresses.cells / (addresses.end - addresses.from);
  for (let record = 0; record < count; record++) {
    if (record % RECORDS_PER_TURN === 0) yield;
    const end = records.endOf(record);
    const address = records.addressOf(record);
    if (end <= steps.from || address >= addresses.end) continue;
    const top = address + records.sizeOf(record);
    if (top <= addresses.from) continue;
    grids[kinds.ofRecord[record] ?? 0]?.add(
      (records.beginOf(record) - steps.from) * perStep,
      (end - steps.from) * perStep,
      (address - addresses.from) * perByte,
      (top - addresses.from) * perByte,
    );
  }
  return yield* cellsOf(kinds.labels, grids, 1);
}

/**
 * Draws the writes and reads of a memory. A cell is as full as the part of its addresses that its steps accessed, where each
 * access counts.
 */
export function* drawAccesses(accesses: SpaceAccesses, { steps, addresses }: PictureFrame): Sliced<Cells> {
  const [writes, reads] = [0, 1].map(() => new CoverageGrid(steps.cells, addresses.cells));
  const end = accesses.before(steps.end);
  for (let access = accesses.before(steps.from); access < end; access++) {
    if (access % RECORDS_PER_TURN === 0) yield;
    const step = accesses.stepOf(access);
    const address = accesses.addressOf(access);
    const grid = accesses.isRead(access) ? reads : writes;
    grid?.add(
      Math.floor(placeOn(steps, step)),
      Math.ceil(placeOn(steps, step + 1)),
      placeOn(addresses, address),
      placeOn(addresses, address + accesses.lengthOf(access)),
    );
  }
  return yield* cellsOf(['writes', 'reads'], writes && reads ? [writes, reads] : [], LEAST_ACCESS);
}

function* cellsOf(labels: readonly string[], grids: readonly CoverageGrid[], least: number): Sliced<Cells> {
  const size = grids[0] ? grids[0].columns * grids[0].rows : 0;
  const all = new Float64Array(size);
  const best = new Float64Array(size);
  const kindOf = new Uint8Array(size);
  for (const [kind, grid] of grids.entries()) {
    yield;
    const sums = grid.sums();
    for (let cell = 0; cell < size; cell++) {
      const sum = sums[cell] ?? 0;
      all[cell] = (all[cell] ?? 0) + sum;
      if (sum <= (best[cell] ?? 0)) continue;
      best[cell] = sum;
      kindOf[cell] = kind;
    }
  }
  yield;
  const live = new Uint8Array(size);
  for (let cell = 0; cell < size; cell++) live[cell] = byteOf(all[cell] ?? 0, least);
  return { kinds: labels.map((label) => ({ label })), live, kindOf };
}

/** Returns the highest address that was ever allocated, at the end of each column. */
export function topsOf({ steps }: PictureFrame, sizeAfter: (step: number) => number): Float64Array {
  return Float64Array.from({ length: steps.cells }, (_, column) => sizeAfter(stepsOf(steps, column).to));
}

/** Returns the marks within a picture, at most `MAX_PICTURE_MARKS`, and their number. */
export function marksIn(
  { steps, addresses }: PictureFrame,
  marks: readonly PictureMark[],
): Pick<AddressPicture, 'marks' | 'markCount'> {
  const inside = marks.filter(
    ({ step, address, bytes }) =>
      step >= steps.from && step < steps.end && address < addresses.end && address + Math.max(1, bytes) > addresses.from,
  );
  return { marks: inside.slice(0, MAX_PICTURE_MARKS), markCount: inside.length };
}
